#!/usr/bin/env -S dotnet run
#:package CsvHelper
#:package Microsoft.CodeAnalysis.Analyzers
#:package Microsoft.CodeAnalysis.CSharp.Scripting
#:package YamlDotNet
#:property PublishAot=false
#:property TieredPGO=false

// Runs the C# stages of calkit.yaml with nothing but the .NET SDK: it compiles the scripts as
// dotnet-script would, and runs them in this process.
//
//     dotnet run pipeline.cs                              every stage, in the file's order
//     dotnet run pipeline.cs -- compute-factor            one stage, or several
//     dotnet run pipeline.cs -- scripts/x.csx ARGUMENT... one script, as dotnet script would

using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

try
{
    return args.Length > 0 && args[0].EndsWith(".csx", StringComparison.Ordinal)
        ? Script.Run(args[0], WithoutDoubleDash(args.Skip(1)))
        : RunStages(args);
}
catch (PipelineException e)
{
    Console.Error.WriteLine($"ERROR: {e.Message}");
    return e.ExitCode;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"ERROR: {e.Message}");
    return 1;
}

static int RunStages(string[] names)
{
    var stages = Stage.ReadAll("calkit.yaml");
    foreach (var name in names)
        if (stages.FirstOrDefault(stage => stage.Name == name) is not { } stage)
            throw new PipelineException(
                $"calkit.yaml has no stage {name}; it has {string.Join(", ", stages.Select(s => s.Name))}",
                2
            );
        else if (stage.LeftOut != null)
            throw new PipelineException($"the stage {name} can't run here: {stage.LeftOut}", 2);

    foreach (var stage in stages.Where(stage => names.Length == 0 || names.Contains(stage.Name)))
    {
        if (stage.LeftOut != null)
        {
            Console.WriteLine($"{stage.Name}: left out, {stage.LeftOut}");
            if (stage.LooksLikeAScript)
                Console.Error.WriteLine(
                    $"WARNING: the stage {stage.Name} was left out, its files are the old ones: "
                        + "expected the command dotnet script FILE.csx"
                );
            continue;
        }
        Console.WriteLine($"{stage.Name}: {stage.Command}");
        var words = stage.Words();
        var exitCode = Script.Run(words[2], WithoutDoubleDash(words.Skip(3)));
        if (exitCode != 0)
            throw new PipelineException(
                $"the stage {stage.Name} failed; the stages after it did not run, their files are the old ones",
                exitCode
            );
    }
    return 0;
}

// dotnet-script hands on what stands on both sides of the first "--".
static string[] WithoutDoubleDash(IEnumerable<string> words)
{
    var arguments = words.ToList();
    arguments.Remove("--");
    return arguments.ToArray();
}

/// <summary>What goes wrong around the scripts, as the one line that the user sees.</summary>
sealed class PipelineException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode => exitCode;
}

/// <summary>A stage of calkit.yaml.</summary>
/// <param name="LeftOut">Why it does not run here, or null where it does.</param>
/// <param name="LooksLikeAScript">Whether it may be a C# script with a mistake in it.</param>
sealed record Stage(
    string Name,
    string Command,
    bool Iterates,
    string? LeftOut,
    bool LooksLikeAScript
)
{
    public static IReadOnlyList<Stage> ReadAll(string file)
    {
        Parser? parser = null;
        try
        {
            using var text = File.OpenText(file);
            var yaml = new YamlStream();
            parser = new Parser(text);
            yaml.Load(parser);
            return
                yaml.Documents is [var document, ..]
                && Child(Child(document.RootNode, "pipeline"), "stages") is YamlMappingNode stages
                ? stages.Select(stage => Read($"{stage.Key}", stage.Value)).ToArray()
                : throw new PipelineException($"{file}: there are no stages under pipeline");
        }
        catch (FileNotFoundException)
        {
            throw new PipelineException(
                $"{file} does not exist; run this in the project's directory"
            );
        }
        // YamlDotNet throws the second where the file ends within a bracket.
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            var line = e switch
            {
                AnchorNotFoundException => "", // It tells no line.
                YamlException { Start.Line: > 1 } yamlError => $":{yamlError.Start.Line}",
                _ => $":{parser?.Current?.End.Line}",
            };
            var reason = e is YamlException ? e.Message : "a bracket is not closed";
            throw new PipelineException($"{file}{line}: not valid YAML: {reason}");
        }
    }

    static Stage Read(string name, YamlNode stage)
    {
        var command = $"{Child(stage, "command")}".Trim();
        var isScript = Regex.IsMatch(command, @"^dotnet\s+script\s+\S+\.csx(\s|$)");
        var isFrozen = $"{Child(stage, "frozen")}".ToLowerInvariant() == "true";
        return new Stage(
            name,
            command,
            Child(stage, "iterate_over") is YamlSequenceNode,
            LeftOut: isFrozen ? "it is frozen"
                : isScript ? null
                : $"it is not a C# script{(command == "" ? "" : $" but runs {command.Split(' ')[0]}")}",
            LooksLikeAScript: !isFrozen
                && !isScript
                && (
                    command.Contains(".csx")
                    || (command == "" && $"{Child(stage, "kind")}" == "command")
                )
        );
    }

    static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode map && map.Children.TryGetValue(key, out var child) ? child : null;

    /// <summary>The words of the command, without their quotes.</summary>
    public string[] Words()
    {
        if (Iterates)
            throw new PipelineException(
                $"the stage {Name} iterates over values, which only Calkit can do: calkit run {Name}"
            );
        // A word is made of quoted parts and of plain characters that mean nothing to a shell.
        const string Part =
            """'(?<part>[^']*)'|"(?<part>[^"$`\\]*)"|(?<part>[^\s'"$`\\|&;<>()*?!#~{}\[\]]+)""";
        var match = Regex.Match(Command, $@"^(?>(?<word>(?>(?:{Part})+))(?:\s+|$))+$");
        if (!match.Success)
            throw new PipelineException(
                $"the stage {Name} needs a shell for its command, which only Calkit has: calkit run {Name}"
            );
        return match
            .Groups["word"]
            .Captures.Select(word =>
                string.Concat(
                    Regex.Matches(word.Value, Part).Select(part => part.Groups["part"].Value)
                )
            )
            .ToArray();
    }
}

/// <summary>What a script sees beside its own code, as in dotnet-script.</summary>
public sealed class Globals(IList<string> args)
{
    public IList<string> Args => args;
}

/// <summary>Compiles scripts and runs them.</summary>
static class Script
{
    // What dotnet-script imports.
    static readonly string[] Imports =
    [
        "System",
        "System.IO",
        "System.Collections.Generic",
        "System.Console",
        "System.Diagnostics",
        "System.Dynamic",
        "System.Linq",
        "System.Linq.Expressions",
        "System.Text",
        "System.Threading.Tasks",
    ];

    /// <summary>Runs a script. Returns its exit code; an exception that it throws makes that 1.</summary>
    public static int Run(string path, string[] arguments)
    {
        if (!File.Exists(path))
            throw new PipelineException($"{path} does not exist");
        var submission = Assembly
            .Load(ScriptCache.GetOrAdd(path, Compile))
            .GetType("Submission#0")!;
        object?[] states = [new Globals(arguments), null];
        var run = (Task<int>)submission.GetMethod("<Factory>")!.Invoke(null, [states])!;
        try
        {
            return run.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return 1;
        }
    }

    static byte[] Compile(string path)
    {
        var tree = CSharpSyntaxTree.ParseText(
            SourceText.From(File.ReadAllText(path), Encoding.UTF8),
            new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script),
            Path.GetFullPath(path)
        );
        var carried = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(assembly => MetadataReference.CreateFromFile(assembly));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: "Submission#0",
            usings: Imports,
            optimizationLevel: OptimizationLevel.Release,
            // In dotnet-script "string?" is an error without #nullable enable.
            specificDiagnosticOptions: [KeyValuePair.Create("CS8632", ReportDiagnostic.Error)],
            sourceReferenceResolver: new SourceFileResolver([], Directory.GetCurrentDirectory()),
            metadataReferenceResolver: new CarriedPackages()
        );
        var compilation = CSharpCompilation.CreateScriptCompilation(
            Path.GetFileNameWithoutExtension(path),
            tree,
            carried,
            options,
            returnType: typeof(int),
            globalsType: typeof(Globals)
        );

        // The debug information stays in the image, so that a stack trace has line numbers.
        using var image = new MemoryStream();
        var emitted = compilation.Emit(
            image,
            options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded)
        );
        var messages = emitted
            .Diagnostics.Where(message => message.Severity >= DiagnosticSeverity.Warning)
            .ToArray();
        foreach (var message in messages)
            Console.Error.WriteLine(Describe(message));
        if (!emitted.Success)
            throw new PipelineException($"{path} does not compile");
        return image.ToArray();
    }

    static string Describe(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetLineSpan();
        var file = Path.GetRelativePath(".", place.Path);
        const string ReferenceNotFound = "CS0006";
        var message =
            diagnostic.Id == ReferenceNotFound
                ? $"pipeline.cs does not have {diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan)}; "
                    + $"run the script with dotnet-script: dotnet script {file}"
                : diagnostic.GetMessage();
        var kind = diagnostic.Severity == DiagnosticSeverity.Error ? "ERROR" : "WARNING";
        return $"{kind}: {file}:{place.StartLinePosition.Line + 1}: {message} ({diagnostic.Id})";
    }
}

/// <summary>Finds what <c>#r "nuget: NAME, VERSION"</c> asks for among this program's packages.</summary>
sealed class CarriedPackages : MetadataReferenceResolver
{
    readonly HashSet<string> packages = ReadPackages();

    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference,
        string? baseFilePath,
        MetadataReferenceProperties properties
    )
    {
        var match = Regex.Match(reference, @"^nuget:\s*([^,\s]+)\s*,\s*(\S+)\s*$");
        // The package itself is referenced already, with all the others.
        return match.Success && packages.Contains($"{match.Groups[1]}/{match.Groups[2]}")
            ? [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]
            : [];
    }

    static HashSet<string> ReadPackages()
    {
        using var dependencies = JsonDocument.Parse(
            File.ReadAllBytes(ScriptCache.DependenciesFile)
        );
        return dependencies
            .RootElement.GetProperty("libraries")
            .EnumerateObject()
            .Select(library => library.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    // One resolver is as good as another.
    public override bool Equals(object? other) => other is CarriedPackages;

    public override int GetHashCode() => 0;
}

/// <summary>
/// Compiled scripts, kept in a directory that only this user can write: whoever could write there
/// could run code as this user. Where there is no such directory, each run compiles anew.
/// </summary>
static class ScriptCache
{
    static readonly string directory = Path.Combine(
        Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify
        ),
        "boom-pipeline"
    );

    /// <summary>The list of this program's packages with their versions.</summary>
    public static string DependenciesFile =>
        Path.ChangeExtension(typeof(ScriptCache).Assembly.Location, ".deps.json");

    /// <summary>The compiled script: the one that is kept, else a new one, which is then kept.</summary>
    public static byte[] GetOrAdd(string script, Func<string, byte[]> compile)
    {
        if (!DirectoryIsSafe())
            return compile(script);
        var path = Path.GetFullPath(script);
        var name = $"{Path.GetFileName(script)}-{Hash([path])[..16]}-";
        var kept = Path.Combine(directory, $"{name}{Hash(WhatChangesTheOutcome(path))}.dll");
        if (File.Exists(kept))
            return File.ReadAllBytes(kept);

        var image = compile(script);
        var unfinished = $"{kept}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllBytes(unfinished, image);
            foreach (var earlier in Directory.GetFiles(directory, $"{name}*.dll"))
                File.Delete(earlier);
            File.Move(unfinished, kept, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"WARNING: the compiled {script} is not kept: {e.Message}");
        }
        return image;
    }

    static IEnumerable<string> WhatChangesTheOutcome(string script)
    {
        yield return $"{Environment.Version} {typeof(ScriptCache).Module.ModuleVersionId}";
        yield return File.ReadAllText(DependenciesFile);
        var files = new List<string> { script };
        for (var i = 0; i < files.Count; i++)
        {
            var text = File.ReadAllText(files[i]);
            yield return files[i];
            yield return text;
            var loaded = Regex
                .Matches(text, """^\s*#\s*load\s+"([^"]+)""", RegexOptions.Multiline)
                .Select(load =>
                    Path.GetFullPath(load.Groups[1].Value, Path.GetDirectoryName(files[i])!)
                );
            files.AddRange(loaded.Where(File.Exists).Except(files));
        }
    }

    static string Hash(IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    static bool DirectoryIsSafe()
    {
        try
        {
            if (OperatingSystem.IsWindows())
                return Directory.CreateDirectory(directory).Exists;
            const UnixFileMode Owner =
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            var mode = Directory.CreateDirectory(directory, Owner).UnixFileMode;
            if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            {
                Console.Error.WriteLine(
                    $"WARNING: compiled scripts are not kept: others can write to {directory}"
                );
                return false;
            }
            File.SetUnixFileMode(directory, mode); // Only the owner may.
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
