#!/usr/bin/env -S dotnet --
#:package CsvHelper
#:package Deedle
#:package FSharp.Core
#:package Stubble.Core
#:package YamlDotNet
#:property InvariantGlobalization=true
#:property PublishAot=false
#:property SatelliteResourceLanguages=en
#:property TieredPGO=false

// Runs the C# stages of calkit.yaml with nothing but the .NET SDK: it compiles the scripts as
// dotnet-script would, and runs them in this process. From top to bottom: the command line, the
// stages, a script, the compiled scripts that are kept, the compiler.

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using YamlDotNet.RepresentationModel;

const string Help = """
    Runs the C# stages of calkit.yaml, in the file's order, with nothing but the .NET SDK.

        dotnet run pipeline.cs                                all of them
        dotnet run pipeline.cs -- STAGE...                    some of them
        dotnet run pipeline.cs -- scripts/x.csx ARGUMENT...   one script, as dotnet script would

    For example:

        dotnet run pipeline.cs -- compute-factor render-tex
        dotnet run pipeline.cs -- scripts/collect-boom.csx --output try

    Scripts that have changed are compiled first, and kept in obj/scripts beside pipeline.cs. A
    stage runs whether or not its inputs have changed; Calkit runs only those whose inputs have.
    """;

try
{
    if (args is [var script, ..] && script.EndsWith(".csx", StringComparison.Ordinal))
        return CompiledScript
            .Prepare([script], SayOnTerminal)[script]
            .Run(Stage.WithoutDoubleDash(args[1..]));
    if (args is not (["--help" or "-h", ..]))
        return Pipeline.Run(args);
    Console.WriteLine(Help);
    return 0;
}
catch (Exception e)
    when (e is UsageException or InvalidDataException or IOException or UnauthorizedAccessException)
{
    Output.Error($"ERROR: {e.Message}");
    return e is UsageException ? 2 : 1;
}

// What a script run by itself prints stays the script's own, where another program reads it.
static void SayOnTerminal(string message)
{
    if (!Console.IsErrorRedirected)
        Output.Error(message);
}

/// <summary>The run of all stages of calkit.yaml, or of some.</summary>
static class Pipeline
{
    public static int Run(string[] names)
    {
        var clock = Stopwatch.StartNew();
        var warnings = new WarningCounter(Console.Error);
        Console.SetError(warnings);

        var stages = Chosen(names);
        ShowNames("frozen", stages.Where(stage => stage.IsFrozen));
        ShowNames(
            "not C#, left to calkit",
            stages.Where(stage => !stage.IsFrozen && stage.WhyNot != null)
        );

        var runs = stages.Where(stage => stage.WhyNot == null).ToArray();
        var outputs = runs.SelectMany(stage => stage.Outputs).ToArray();
        var scripts = CompiledScript.Prepare(runs.Select(stage => stage.Script), Console.WriteLine);
        foreach (var stage in runs)
        {
            Console.WriteLine($"== {stage.Name}");
            var exitCode = scripts[stage.Script].Run(stage.Arguments);
            if (exitCode == 0)
                continue;
            Output.Error($"ERROR: the stage {stage.Name} failed; those after it did not run");
            return exitCode;
        }

        Console.WriteLine("== done");
        var files = outputs.Where(Path.Exists).ToArray();
        if (files.Length > 0)
            Console.WriteLine(Output.Wrap(string.Join(", ", files)));
        var seconds = clock.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Console.WriteLine(
            $"{Screen.Count(files.Length, "file")} written, "
                + $"{Screen.Count(warnings.Count, "warning")}, {seconds} s"
        );
        return 0;
    }

    static Stage[] Chosen(string[] names)
    {
        if (names.FirstOrDefault(name => name.StartsWith('-')) is { } option)
            throw new UsageException($"unknown option {option}; did you mean --help?");
        var yaml = CalkitYaml.Read(Project.Here("calkit.yaml"));
        var stages = yaml.Stages.Select(s => new Stage(yaml, s.Name, s.Definition)).ToArray();
        var all = stages.Select(stage => stage.Name).ToArray();
        if (names.Except(all).FirstOrDefault() is { } unknown)
            throw new UsageException(
                $"calkit.yaml has no stage {unknown}; did you mean {Screen.Nearest(unknown, all)}?\n"
                    + Output.Wrap($"There are {string.Join(", ", all)}")
            );

        var chosen = stages.Where(stage => names.Length == 0 || names.Contains(stage.Name));
        foreach (var stage in chosen.Where(stage => stage.WhyNot != null))
            if (names.Length > 0)
                throw new UsageException($"the stage {stage.Name} can't run here: {stage.WhyNot}");
            else if (stage.IsScript)
                throw new InvalidDataException(
                    $"the stage {stage.Name} can't run here: {stage.WhyNot}"
                );
            else if (stage.WhyNot == Stage.NoScript)
                Output.Error($"WARNING: the stage {stage.Name} is left out: {stage.WhyNot}");
        return chosen.ToArray();
    }

    static void ShowNames(string title, IEnumerable<Stage> stages)
    {
        if (stages.Any())
            Console.WriteLine(
                Output.Wrap($"{title}: {string.Join(", ", stages.Select(stage => stage.Name))}")
            );
    }
}

/// <summary>A stage of calkit.yaml. Its command is <c>dotnet script FILE.csx ARGUMENT...</c>.</summary>
sealed class Stage
{
    public const string NoScript = "expected the command dotnet script FILE.csx";

    readonly CalkitYaml yaml;
    readonly YamlNode definition;

    public Stage(CalkitYaml yaml, string name, YamlNode definition)
    {
        (this.yaml, Name, this.definition) = (yaml, name, definition);
        var command = Scalar("command");
        IsFrozen = Scalar("frozen") is "true" or "True" or "TRUE";
        IsScript =
            !IsFrozen
            && command.Split() is ["dotnet", ..]
            && command.Contains(" script ")
            && command.Contains(".csx");
        WhyNot =
            IsFrozen ? "it is frozen"
            : IsScript
                ? CalkitYaml.Child(definition, "iterate_over") is YamlSequenceNode
                        ? "it iterates over values, which only Calkit can do"
                    : Parse(command)
            : command.Contains(".csx") || command == "" && Scalar("kind") == "command" ? NoScript
            : "it is not C#";
    }

    public string Name { get; }

    public bool IsFrozen { get; }

    /// <summary>Whether it is meant to be a C# script.</summary>
    public bool IsScript { get; }

    /// <summary>Why it does not run here; null where it does.</summary>
    public string? WhyNot { get; }

    public string Script { get; private set; } = "";

    public string[] Arguments { get; private set; } = [];

    public IEnumerable<string> Outputs =>
        CalkitYaml.Child(definition, "outputs") is YamlSequenceNode list
            ? list.Select(output => yaml.Text(CalkitYaml.Child(output, "path") ?? output))
            : [];

    string Scalar(string key) =>
        (CalkitYaml.Child(definition, key) as YamlScalarNode)?.Value?.Trim() ?? "";

    // A word as a shell takes it literally, but for its quotes.
    static readonly Regex Word = new(
        """\G[ \t]*((?:'[^']*'|"[^"$`\\]*"|[^ \t'"$`\\|&;<>()*?!#~{}[\]\p{Cc}])+)"""
    );

    // Takes the command apart. Returns why that can't be done, or null.
    string? Parse(string command)
    {
        if (Screen.OneLine(command) != command)
            return "its command has a line end or a control character";
        var matches = Word.Matches(command);
        var rest = command[matches.Sum(match => match.Length)..].TrimStart(' ', '\t');
        var culprit = rest.StartsWith('"')
            ? rest.FirstOrDefault("$`\\".Contains, '"')
            : rest.FirstOrDefault();
        if (culprit is '\'' or '"')
            return $"its command has a {culprit} too few or too many";
        if (rest != "")
            return $"its command needs a shell, because of the {(culprit < ' ' ? "line end" : culprit)}";
        var words = matches.Select(match => Unquoted(match.Groups[1].Value)).ToArray();
        if (words is not ["dotnet", "script", var file, .. var arguments] || !file.EndsWith(".csx"))
            return NoScript;
        if (arguments.Append(file).Any(LeadsOut))
            return "its command leads out of the project";
        (Script, Arguments) = (file, WithoutDoubleDash(arguments));
        return null;
    }

    // As a path, or as the value of an option.
    static bool LeadsOut(string word) =>
        Path.IsPathRooted(word.Split('=', 2)[^1]) || word.Split('=', '/', '\\').Contains("..");

    static string Unquoted(string word) => Regex.Replace(word, @"'([^']*)'|""([^""]*)""", "$1$2");

    /// <summary>dotnet-script hands on what stands on both sides of the first "--".</summary>
    public static string[] WithoutDoubleDash(string[] words) =>
        [
            .. words.TakeWhile(word => word != "--"),
            .. words.SkipWhile(word => word != "--").Skip(1),
        ];
}

/// <summary>The project that pipeline.cs stands in.</summary>
static class Project
{
    public static readonly string Directory = (string)
        AppContext.GetData("EntryPointFileDirectoryPath")!;

    /// <summary>The path of a file, which must not exist beside pipeline.cs alone.</summary>
    public static string Here(string file) =>
        File.Exists(file) || !File.Exists(Path.Combine(Directory, file))
            ? file
            : throw new InvalidDataException(
                $"{file} does not exist here; the project is elsewhere: cd {Directory}"
            );
}

/// <summary>What a script sees beside its own code, as in dotnet-script.</summary>
public sealed class Globals(IList<string> args)
{
    public IList<string> Args => args;
}

/// <summary>A compiled script.</summary>
/// <param name="Image">Its assembly; null where it does not compile.</param>
/// <param name="Messages">The compiler's, one a line.</param>
sealed record CompiledScript(byte[]? Image, string Messages)
{
    /// <summary>Gets scripts ready to run: those that have changed are compiled, side by side.</summary>
    public static Dictionary<string, CompiledScript> Prepare(
        IEnumerable<string> paths,
        Action<string> say
    )
    {
        var scripts = paths
            .Distinct()
            .ToDictionary(path => path, path => KeptScripts.Find(Project.Here(path)));
        var changed = scripts.Keys.Where(path => scripts[path] == null).ToArray();
        if (changed.Length > 0)
            say($"compiling {Screen.Count(changed.Length, "script")}…");
        var compiled = new CompiledScript[changed.Length];
        Parallel.For(0, changed.Length, i => compiled[i] = Compiler.Compile(changed[i]));
        foreach (var (path, script) in changed.Zip(compiled))
            scripts[path] = script;
        return scripts!;
    }

    /// <summary>Returns the exit code, which is 1 for an exception of the script.</summary>
    public int Run(string[] arguments)
    {
        if (Messages != "")
            Output.Error(
                Messages.Replace(Environment.CurrentDirectory + Path.DirectorySeparatorChar, "")
            );
        if (Image == null)
            return 1;
        var submission = Assembly.Load(Image).GetType("Submission#0")!;
        object?[] states = [new Globals(arguments), null];
        try
        {
            return ((Task<int>)submission.GetMethod("<Factory>")!.Invoke(null, [states])!)
                .GetAwaiter()
                .GetResult();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e);
            return 1;
        }
    }
}

/// <summary>
/// Compiled scripts, kept beside pipeline.cs. One counts as long as it is whole, this program is the
/// one that wrote it, and every file that it was compiled from has the content that was compiled.
/// </summary>
static class KeptScripts
{
    static readonly string directory = Path.Combine(Project.Directory, "obj", "scripts");
    static readonly Dictionary<string, byte[]> hashes = [];
    const int HashSize = SHA256.HashSizeInBytes;
    const int MostBytes = 100_000_000;

    /// <summary>The list of this program's packages with their versions.</summary>
    public static readonly string PackageList = Path.ChangeExtension(
        typeof(KeptScripts).Assembly.Location,
        ".deps.json"
    );

    static readonly string settings =
        $"{Environment.Version} {typeof(KeptScripts).Module.ModuleVersionId} "
        + Convert.ToHexString(HashOf(PackageList));

    public static CompiledScript? Find(string path)
    {
        var file = FileOf(path);
        if (!File.Exists(file))
            return null;
        try
        {
            var bytes = DataFile.ReadBytes(file, MostBytes);
            var content = bytes.AsSpan(Math.Min(HashSize, bytes.Length));
            if (!bytes.AsSpan().StartsWith(SHA256.HashData(content)))
                return null;
            using var reader = new BinaryReader(new MemoryStream(bytes, HashSize, content.Length));
            if (reader.ReadString() != settings)
                return null;
            for (var sources = reader.ReadInt32(); sources > 0; sources--)
                if (!HashOf(reader.ReadString()).SequenceEqual(reader.ReadBytes(HashSize)))
                    return null;
            var messages = reader.ReadString();
            return new CompiledScript(reader.ReadBytes(content.Length), messages);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or InvalidDataException
                        or UnauthorizedAccessException
                        or FormatException
                        or ArgumentException
            )
        {
            return null;
        }
    }

    /// <summary>Keeps a script, where that is possible, with the files that it was made from.</summary>
    public static void Keep(string path, CompiledScript script, IEnumerable<SyntaxTree> sources)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(settings);
        writer.Write(sources.Count());
        foreach (var source in sources)
        {
            writer.Write(source.FilePath);
            writer.Write(source.GetText().GetChecksum().AsSpan());
        }
        writer.Write(script.Messages);
        writer.Write(script.Image!);

        var bytes = content.ToArray();
        var unfinished = $"{FileOf(path)}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(unfinished, [.. SHA256.HashData(bytes), .. bytes]);
            File.Move(unfinished, FileOf(path), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(unfinished))
                File.Delete(unfinished);
        }
    }

    static string FileOf(string path)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path)));
        return Path.Combine(
            directory,
            $"{Path.GetFileName(path)}-{Convert.ToHexString(hash, 0, 8)}"
        );
    }

    static byte[] HashOf(string path) =>
        hashes.TryGetValue(path, out var hash)
            ? hash
            : hashes[path] = SHA256.HashData(DataFile.ReadBytes(path, MostBytes));
}

/// <summary>Compiles scripts as dotnet-script 2.0.0 does.</summary>
static class Compiler
{
    const LanguageVersion Language = LanguageVersion.CSharp14;

    static readonly Sources sources = new();

    static readonly CSharpCompilationOptions options = new(
        OutputKind.DynamicallyLinkedLibrary,
        scriptClassName: "Submission#0",
        usings:
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
        ],
        optimizationLevel: OptimizationLevel.Debug,
        allowUnsafe: true,
        deterministic: true,
        specificDiagnosticOptions:
        [
            // "string?" without #nullable enable is an error there.
            new("CS8632", ReportDiagnostic.Error),
            // A package may be made for an older framework.
            new("CS1701", ReportDiagnostic.Suppress),
            new("CS1702", ReportDiagnostic.Suppress),
        ],
        sourceReferenceResolver: sources,
        metadataReferenceResolver: new References()
    );

    public static CompiledScript Compile(string path)
    {
        SourceText text;
        try
        {
            text = sources.ReadText(path);
        }
        catch (IOException e)
        {
            return new CompiledScript(null, $"ERROR: {e.Message}");
        }
        var compilation = CSharpCompilation.CreateScriptCompilation(
            "script",
            CSharpSyntaxTree.ParseText(
                text,
                new CSharpParseOptions(Language, kind: SourceCodeKind.Script),
                Path.GetFullPath(path)
            ),
            References.Framework,
            options,
            returnType: typeof(int),
            globalsType: typeof(Globals)
        );
        var roots = compilation.SyntaxTrees.Select(tree => tree.GetCompilationUnitRoot()).ToArray();
        if (roots.All(root => root.Members.Count == 0))
            return new CompiledScript(null, $"ERROR: {path}: is empty");
        var asked = roots.SelectMany(root => root.GetReferenceDirectives());
        compilation = compilation.AddReferences(
            References.OfPackages(asked.Select(directive => directive.File.ValueText))
        );

        // The debug information stays in the image, so that a stack trace has line numbers.
        using var image = new MemoryStream();
        var emitted = compilation.Emit(
            image,
            options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded)
        );
        var messages = emitted
            .Diagnostics.Where(message => message.Severity >= DiagnosticSeverity.Warning)
            .OrderBy(message => message.Location.SourceTree?.FilePath)
            .ThenBy(message => message.Location.SourceSpan.Start)
            .Select(Describe);
        if (!emitted.Success)
            messages = messages.Append($"ERROR: {path} does not compile");
        var script = new CompiledScript(
            emitted.Success ? Optimizable(image.ToArray()) : null,
            string.Join('\n', messages)
        );
        if (emitted.Success)
            KeptScripts.Keep(path, script, compilation.SyntaxTrees);
        return script;
    }

    // Debug code has the right lines in a stack trace, and an attribute by which the runtime never
    // optimizes it: [Debuggable(0x107)], which Roslyn adds. With 0x2 the lines stay and logs of
    // hundreds of megabytes are read twice as fast.
    static byte[] Optimizable(byte[] image)
    {
        ReadOnlySpan<byte> debuggable = [1, 0, 7, 1, 0, 0, 0, 0];
        if (image.AsSpan().IndexOf(debuggable) is >= 0 and var at)
            (image[at + 2], image[at + 3]) = (2, 0);
        return image;
    }

    static string Describe(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetLineSpan();
        const string ReferenceNotFound = "CS0006";
        var message =
            diagnostic.Id == ReferenceNotFound
                ? $"pipeline.cs does not have {diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan)}; "
                    + "run the script with dotnet-script"
                : diagnostic.GetMessage(CultureInfo.InvariantCulture);
        var kind = diagnostic.Severity == DiagnosticSeverity.Error ? "ERROR" : "WARNING";
        return $"{kind}: {place.Path}:{place.StartLinePosition.Line + 1}: {message} ({diagnostic.Id})";
    }
}

/// <summary>Reads scripts, so that the hash of each file is the hash of what was compiled.</summary>
sealed class Sources() : SourceFileResolver([], Directory.GetCurrentDirectory())
{
    public override SourceText ReadText(string path)
    {
        try
        {
            using var stream = DataFile.Open(path);
            return SourceText.From(stream, checksumAlgorithm: SourceHashAlgorithm.Sha256);
        }
        catch (InvalidDataException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}

/// <summary>What scripts can refer to: the framework, and the packages of pipeline.cs.</summary>
sealed class References : MetadataReferenceResolver
{
    static readonly string[] assemblies = (
        (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!
    ).Split(Path.PathSeparator);

    /// <summary>The framework, and the type of <c>Args</c>, hidden from the scripts' own code.</summary>
    public static readonly ImmutableArray<PortableExecutableReference> Framework =
    [
        .. assemblies
            .Where(file =>
                Path.GetDirectoryName(file)
                == Path.GetDirectoryName(typeof(object).Assembly.Location)
            )
            .Select(file => MetadataReference.CreateFromFile(file)),
        MetadataReference.CreateFromFile(
            typeof(Globals).Assembly.Location,
            MetadataReferenceProperties.Assembly.WithAliases(["<host>"])
        ),
    ];

    // By "NAME/VERSION", as in the list of this program's packages.
    static readonly Dictionary<string, Package> packages = ReadPackages();

    sealed record Package(string[] Needs, string[] Files);

    /// <summary>The assemblies of the packages asked for, and of those that these need.</summary>
    public static IEnumerable<MetadataReference> OfPackages(IEnumerable<string> directives)
    {
        var needed = directives.Select(NameOf).Where(packages.ContainsKey).Distinct().ToList();
        for (var i = 0; i < needed.Count; i++)
            needed.AddRange(packages[needed[i]].Needs.Except(needed));
        var files = needed.SelectMany(package => packages[package].Files).ToHashSet();
        return assemblies
            .Where(path => files.Contains(Path.GetFileName(path)))
            .Select(path => MetadataReference.CreateFromFile(path));
    }

    /// <summary>The package itself comes from <see cref="OfPackages"/>.</summary>
    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference,
        string? baseFilePath,
        MetadataReferenceProperties properties
    ) => packages.ContainsKey(NameOf(reference)) ? [Framework[0]] : [];

    static string NameOf(string directive) =>
        directive.Split(':', 2) is ["nuget", var package]
        && package.Split(',') is [var name, var version]
            ? $"{name.Trim()}/{version.Trim()}"
            : "";

    static Dictionary<string, Package> ReadPackages()
    {
        using var list = JsonDocument.Parse(File.ReadAllBytes(KeptScripts.PackageList));
        var target = list.RootElement.GetProperty("targets").EnumerateObject().First().Value;
        IEnumerable<JsonProperty> Members(JsonElement package, string name) =>
            package.TryGetProperty(name, out var members) ? members.EnumerateObject() : [];
        return target
            .EnumerateObject()
            .ToDictionary(
                package => package.Name,
                package => new Package(
                    [
                        .. Members(package.Value, "dependencies")
                            .Select(need => $"{need.Name}/{need.Value}"),
                    ],
                    [
                        .. Members(package.Value, "runtime")
                            .Select(file => Path.GetFileName(file.Name)),
                    ]
                ),
                StringComparer.OrdinalIgnoreCase
            );
    }

    // One is as good as another.
    public override bool Equals(object? other) => other is References;

    public override int GetHashCode() => 0;
}

/// <summary>Lines of pipeline.cs itself.</summary>
static class Output
{
    /// <summary>Shows lines on stderr, without the control characters that may stand in names.</summary>
    public static void Error(string lines) =>
        Console.Error.WriteLine(string.Join('\n', lines.Split('\n').Select(Screen.OneLine)));

    /// <summary>Breaks a text into lines that fit the screen.</summary>
    public static string Wrap(string text) =>
        Regex.Replace(text, $"(.{{1,{Screen.Width - 2}}})( |$)", "$1\n  ").TrimEnd();
}

/// <summary>A command line that can't be followed: exit code 2.</summary>
sealed class UsageException(string message) : Exception(message);

/// <summary>Hands on what goes to stderr, and counts the warnings.</summary>
sealed class WarningCounter(TextWriter inner) : TextWriter
{
    public int Count { get; private set; }

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(value);

    public override void Write(string? value) => inner.Write(value);

    public override void WriteLine(string? value)
    {
        Count += value?.StartsWith("WARNING:", StringComparison.Ordinal) == true ? 1 : 0;
        inner.WriteLine(value);
    }
}
