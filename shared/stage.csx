// How a script runs as a stage: its command line, its errors, its output files.
#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

/// <summary>A command line that the script does not understand: exit code 2.</summary>
public sealed class UsageException(string message) : Exception(message);

/// <summary>The frame of every script: messages on stderr, an exit code, whole output files.</summary>
public static class Stage
{
    /// <summary>
    /// Runs a script's work. Returns the exit code: 0; 1 for bad data or a file that can't be read
    /// or written; 2 for a bad command line. The message is one line on stderr, with no stack trace.
    /// </summary>
    public static int Run(Action work)
    {
        try
        {
            work();
            return 0;
        }
        catch (UsageException e)
        {
            Say("ERROR", e.Message);
            return 2;
        }
        catch (Exception e)
            when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Say("ERROR", e.Message);
            return 1;
        }
    }

    /// <summary>Prints one line <c>WARNING: …</c> on stderr.</summary>
    public static void Warn(string message) => Say("WARNING", message);

    /// <summary>
    /// Writes a text (UTF-8, no byte order mark) to a file beside its target and moves that over
    /// the target, so that the old file stays whole until the new one is. Makes the directory.
    /// </summary>
    /// <exception cref="InvalidDataException">The file can't be written.</exception>
    public static void Write(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path + ".tmp", text);
            File.Move(path + ".tmp", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: can't be written: {e.Message}", e);
        }
    }

    static void Say(string kind, string message) =>
        Console.Error.WriteLine($"{kind}: {message.ReplaceLineEndings(" ")}");
}

/// <summary>A script's command line: options that each take a value, and the words between.</summary>
public sealed class CommandLine
{
    readonly Dictionary<string, string> values = new();

    /// <summary>
    /// Reads <c>--option value</c> and <c>--option=value</c> for the options given.
    /// </summary>
    /// <param name="usage">The line that tells how to call the script; errors end with it.</param>
    /// <exception cref="UsageException">An option is unknown, doubled or without a value.</exception>
    public CommandLine(IEnumerable<string> args, string usage, params string[] options)
    {
        Usage = usage;
        var rest = new List<string>();
        var words = new Queue<string>(args);
        while (words.TryDequeue(out var word))
        {
            if (!word.StartsWith('-'))
            {
                rest.Add(word);
                continue;
            }
            var parts = word.Split('=', 2);
            if (!options.Contains(parts[0]))
                throw new UsageException($"unknown option {word}; usage: {usage}");
            var value =
                parts.Length == 2 ? parts[1]
                : words.TryDequeue(out var next) ? next
                : "";
            if (value == "")
                throw new UsageException($"{parts[0]} needs a value; usage: {usage}");
            if (!values.TryAdd(parts[0], value))
                throw new UsageException($"{parts[0]} is given twice; usage: {usage}");
        }
        Words = rest;
    }

    /// <summary>The line that tells how to call the script.</summary>
    public string Usage { get; }

    /// <summary>The words that are no options, in their order.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The value of an option, or null where it is not given.</summary>
    public string? Optional(string option) => values.GetValueOrDefault(option);

    /// <summary>The value of an option.</summary>
    /// <exception cref="UsageException">The option is not given.</exception>
    public string Required(string option) =>
        Optional(option) ?? throw new UsageException($"{option} is missing; usage: {Usage}");

    /// <summary>Checks that there are no words beside the options.</summary>
    /// <exception cref="UsageException">There is one.</exception>
    public void NoWords()
    {
        if (Words.Count > 0)
            throw new UsageException($"unknown argument {Words[0]}; usage: {Usage}");
    }
}
