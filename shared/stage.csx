// How a script runs as a stage: its command line, its errors, its output files.
#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

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
            if (File.Exists(path + ".tmp"))
                File.Delete(path + ".tmp");
            throw new InvalidDataException($"{path}: can't be written: {e.Message}", e);
        }
    }

    /// <summary>Writes a JSON file, indented, as <see cref="Write"/> does.</summary>
    /// <exception cref="InvalidDataException">The file can't be written.</exception>
    public static void WriteJson(string path, JsonNode json) =>
        Write(path, json.ToJsonString(Indented) + "\n");

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    static void Say(string kind, string message) =>
        Console.Error.WriteLine($"{kind}: {message.ReplaceLineEndings(" ")}");
}

/// <summary>A script's command line: options, and the words between them.</summary>
public sealed class CommandLine
{
    readonly Dictionary<string, string> values = [];
    readonly List<string> words = [];
    readonly string usage;

    /// <summary>Reads <c>--option value</c>, <c>--option=value</c> and <c>--flag</c>.</summary>
    /// <param name="args">What the script was called with.</param>
    /// <param name="usage">The line that tells how to call the script; errors end with it.</param>
    /// <param name="options">
    /// The options: <c>"--option="</c> takes a value, <c>"--flag"</c> takes none.
    /// </param>
    /// <exception cref="UsageException">
    /// An option is unknown, doubled, or has a value too many or too few.
    /// </exception>
    public CommandLine(IEnumerable<string> args, string usage, params string[] options)
    {
        this.usage = usage;
        var left = new Queue<string>(args);
        while (left.TryDequeue(out var word))
        {
            if (!word.StartsWith('-'))
            {
                words.Add(word);
                continue;
            }
            var parts = word.Split('=', 2);
            var (name, value) = (parts[0], parts.Length == 2 ? parts[1] : null);
            if (options.Contains(name + "="))
            {
                if (value == null)
                    left.TryDequeue(out value);
                if (string.IsNullOrEmpty(value))
                    throw new UsageException($"{name} needs a value; usage: {usage}");
            }
            else if (!options.Contains(name) || value != null)
                throw new UsageException($"unknown option {word}; usage: {usage}");
            if (!values.TryAdd(name, value ?? ""))
                throw new UsageException($"{name} is given twice; usage: {usage}");
        }
    }

    /// <summary>The words that are no options, in their order.</summary>
    public IReadOnlyList<string> Words => words;

    /// <summary>Whether an option is given.</summary>
    public bool Has(string option) => values.ContainsKey(option);

    /// <summary>The value of an option, or null where it is not given.</summary>
    public string? Optional(string option) => values.GetValueOrDefault(option);

    /// <summary>The value of an option.</summary>
    /// <exception cref="UsageException">The option is not given.</exception>
    public string Required(string option) =>
        Optional(option) ?? throw new UsageException($"{option} is missing; usage: {usage}");

    /// <summary>Checks that there are no words beside the options.</summary>
    /// <exception cref="UsageException">There is one.</exception>
    public void NoWords()
    {
        if (words.Count > 0)
            throw new UsageException($"unknown argument {words[0]}; usage: {usage}");
    }
}
