#!/usr/bin/env -S dotnet --
#:package CsvHelper
#:package Deedle
#:package FSharp.Core
#:package Stubble.Core
#:package YamlDotNet
#:property InvariantGlobalization=true
#:property DynamicCodeSupport=false
#:property PublishAot=false
#:property SatelliteResourceLanguages=en
#:property TieredPGO=false

// Runs the C# stages of calkit.yaml with nothing but the .NET SDK: it compiles the scripts as
// dotnet-script would, and runs them in this process. From top to bottom: the command line, the
// stages, a script, the compiled scripts that are kept, the compiler, what scripts share.

using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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

// A script may end the program too.
AppDomain.CurrentDomain.ProcessExit += (_, _) => MethodNotes.Keep();
MethodNotes.Use(Path.GetFileName(args.FirstOrDefault("all")));

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

/// <summary>A compiled script, or the library of what scripts share.</summary>
/// <param name="Image">Its assembly; null where it does not compile.</param>
/// <param name="Messages">The compiler's, one a line.</param>
/// <param name="Files">The files that it was compiled from.</param>
/// <param name="Library">The name of the library that it refers to, or "".</param>
sealed record CompiledScript(byte[]? Image, string Messages, string[] Files, string Library = "")
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
        {
            say($"compiling {Screen.Count(changed.Length, "script")}…");
            foreach (var (path, script) in changed.Zip(Compile(changed)))
                scripts[path] = script;
        }
        return scripts!;
    }

    // By itself, so that the compiler is not loaded for nothing.
    static CompiledScript[] Compile(string[] paths)
    {
        MethodNotes.Use("compiler");
        var compiled = new CompiledScript[paths.Length];
        Parallel.For(0, paths.Length, i => compiled[i] = Compiler.Compile(paths[i]));
        return compiled;
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
        if (Library != "")
            SharedLibrary.Current.Load();
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

/// <summary>Files that save time, kept beside pipeline.cs where that is possible, or not at all.</summary>
static class Kept
{
    public const int HashSize = SHA256.HashSizeInBytes;

    public static readonly string Directory = Path.Combine(Project.Directory, "obj", "scripts");

    /// <summary>What was kept under a name; null where that is not whole, or is not there.</summary>
    public static byte[]? Read(string name)
    {
        var path = Path.Combine(Directory, name);
        if (!File.Exists(path))
            return null;
        try
        {
            var bytes = DataFile.ReadBytes(path, mostBytes: 100_000_000);
            var content = bytes[Math.Min(HashSize, bytes.Length)..];
            return bytes.AsSpan().StartsWith(SHA256.HashData(content)) ? content : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    public static void Write(string name, byte[] content) =>
        Try(() =>
        {
            var unfinished = NewName();
            try
            {
                System.IO.Directory.CreateDirectory(Directory);
                File.WriteAllBytes(unfinished, [.. SHA256.HashData(content), .. content]);
                File.Move(unfinished, Path.Combine(Directory, name), overwrite: true);
            }
            finally
            {
                File.Delete(unfinished);
            }
        });

    /// <summary>The path of a file that is not there yet.</summary>
    public static string NewName() => Path.Combine(Directory, $"{Guid.NewGuid():N}.tmp");

    /// <summary>Does what may fail in a checkout that can't be written.</summary>
    public static void Try(Action action)
    {
        try
        {
            action();
        }
        // The last is what .NET makes of a file larger than the system lets it be.
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or ArgumentException) { }
    }
}

/// <summary>
/// What the runtime notes of a run: which methods of the framework and of packages it compiled. In
/// the next run it compiles these ahead, on another core. It gets a copy, since a damaged file would
/// end the program.
/// </summary>
static class MethodNotes
{
    static string kind = "",
        copy = "";

    /// <summary>Uses the notes of a kind of run, and forgets those of the kind before.</summary>
    public static void Use(string kindOfRun)
    {
        TryWithCopy(() => ProfileOptimization.StartProfile(null));
        (kind, copy) = ($"{kindOfRun}.methods", Kept.NewName());
        TryWithCopy(() =>
        {
            if (Kept.Read(kind) is { } notes)
                File.WriteAllBytes(copy, notes);
            ProfileOptimization.SetProfileRoot(Kept.Directory);
            ProfileOptimization.StartProfile(Path.GetFileName(copy));
        });
    }

    /// <summary>Keeps them for the next run.</summary>
    public static void Keep() =>
        TryWithCopy(() =>
        {
            ProfileOptimization.StartProfile(null);
            Kept.Write(kind, File.ReadAllBytes(copy));
        });

    static void TryWithCopy(Action action)
    {
        Kept.Try(action);
        Kept.Try(() => File.Delete(copy));
    }
}

/// <summary>
/// Compiled scripts. One counts as long as this program is the one that wrote it, and every file that
/// it was compiled from has the content that was compiled.
/// </summary>
static class KeptScripts
{
    static readonly Dictionary<string, byte[]> hashes = [];

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
        if (Kept.Read(NameOf(path)) is not { } content)
            return null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(content));
            if (reader.ReadString() != settings)
                return null;
            var files = new string[reader.ReadInt32()];
            for (var i = 0; i < files.Length; i++)
                if (
                    !HashOf(files[i] = reader.ReadString())
                        .SequenceEqual(reader.ReadBytes(Kept.HashSize))
                )
                    return null;
            var (library, messages) = (reader.ReadString(), reader.ReadString());
            return library == "" || library == SharedLibrary.Current.Name
                ? new(reader.ReadBytes(content.Length), messages, files, library)
                : null;
        }
        // A source that can't be read.
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Keeps a script, with the files that it was made from.</summary>
    public static void Keep(string path, CompiledScript script, IEnumerable<SyntaxTree> sources)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(settings);
        writer.Write(script.Files.Length);
        foreach (var source in sources.Where(source => script.Files.Contains(source.FilePath)))
        {
            writer.Write(source.FilePath);
            writer.Write(source.GetText().GetChecksum().AsSpan());
        }
        writer.Write(script.Library);
        writer.Write(script.Messages);
        writer.Write(script.Image!);
        Kept.Write(NameOf(path), content.ToArray());
    }

    static string NameOf(string path)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path)));
        return $"{Path.GetFileName(path)}-{Convert.ToHexString(hash, 0, 8)}";
    }

    static byte[] HashOf(string path) =>
        hashes.TryGetValue(path, out var hash)
            ? hash
            : hashes[path] = SHA256.HashData(DataFile.ReadBytes(path, mostBytes: 100_000_000));
}

/// <summary>Compiles scripts as dotnet-script 2.0.0 does.</summary>
static class Compiler
{
    const LanguageVersion Language = LanguageVersion.CSharp14;
    const string ScriptName = "script";

    static readonly string[] usings =
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

    static readonly CSharpCompilationOptions options = new(
        OutputKind.DynamicallyLinkedLibrary,
        scriptClassName: "Submission#0",
        usings: usings,
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
        metadataReferenceResolver: new References()
    );

    public static CompiledScript Compile(string path)
    {
        SourceText text;
        try
        {
            text = Sources.Read(path);
        }
        catch (IOException e)
        {
            return new CompiledScript(null, $"ERROR: {e.Message}", []);
        }
        var whole = CSharpCompilation.CreateScriptCompilation(
            ScriptName,
            Parse(path, text, SourceCodeKind.Script),
            References.Framework,
            options.WithSourceReferenceResolver(new Sources(without: [])),
            returnType: typeof(int),
            globalsType: typeof(Globals)
        );
        var roots = whole.SyntaxTrees.Select(tree => tree.GetCompilationUnitRoot()).ToArray();
        if (roots.All(root => root.Members.Count == 0))
            return new CompiledScript(null, $"ERROR: {path}: is empty", []);
        var packages = roots
            .SelectMany(root => root.GetReferenceDirectives())
            .Select(directive => References.NameOf(directive.File.ValueText))
            .ToArray();
        whole = whole.AddReferences(References.OfPackages(packages));

        var script = SharedLibrary.Current.Compile(whole, packages);
        if (script?.Image == null)
            script = Emit(whole);
        if (script.Image == null)
            return script with { Messages = $"{script.Messages}\nERROR: {path} does not compile" };
        KeptScripts.Keep(path, script, whole.SyntaxTrees);
        return script;
    }

    /// <summary>Compiles files that hold types only, as scripts see them.</summary>
    public static CompiledScript CompileLibrary(
        string name,
        SyntaxTree[] files,
        IEnumerable<string> packages
    )
    {
        // An internal member is the script's too.
        const string Friend =
            $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{ScriptName}\")]";
        var imports = usings.Select(name =>
            $"global using {(name == "System.Console" ? "static " : "")}{name};"
        );
        return Emit(
            CSharpCompilation.Create(
                name,
                [
                    .. files,
                    Parse(
                        "imports",
                        SourceText.From(string.Concat(imports) + Friend, Encoding.UTF8)
                    ),
                ],
                [.. References.Framework.SkipLast(1), .. References.OfPackages(packages)],
                options
            )
        );
    }

    /// <summary>Parses a file of scripts.</summary>
    public static SyntaxTree Parse(
        string path,
        SourceText text,
        SourceCodeKind kind = SourceCodeKind.Regular
    ) =>
        CSharpSyntaxTree.ParseText(
            text,
            new CSharpParseOptions(Language, kind: kind),
            Path.GetFullPath(path)
        );

    public static CompiledScript Emit(CSharpCompilation compilation)
    {
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
        return new CompiledScript(
            emitted.Success ? Optimizable(image.ToArray()) : null,
            string.Join('\n', messages),
            [.. compilation.SyntaxTrees.Select(tree => tree.FilePath)]
        );
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

/// <summary>
/// The files of shared/ as one assembly, so that neither this program nor the runtime compiles them
/// anew for every script. It stands in for the files that a script loads where nothing but the time
/// tells the difference; else the script is compiled whole, as dotnet-script does.
/// </summary>
sealed class SharedLibrary
{
    static readonly Lazy<SharedLibrary> current = new(() =>
        new(KeptScripts.Find("shared") ?? Compile())
    );

    readonly byte[] image;
    readonly string[] files;
    readonly Lazy<Dictionary<string, string[]>> typesOf;
    MetadataReference? reference;

    SharedLibrary(CompiledScript compiled)
    {
        image = compiled.Image!;
        files = image.Length > 0 ? compiled.Files : [];
        Name = Convert.ToHexString(SHA256.HashData(image));
        typesOf = new(() => files.ToDictionary(file => file, file => TypesIn(Read(file))));
    }

    /// <summary>The library of this project; it has no files where it can't be made.</summary>
    public static SharedLibrary Current => current.Value;

    /// <summary>Another one for other contents of its files.</summary>
    public string Name { get; }

    /// <summary>Makes it known to the scripts that refer to it.</summary>
    public void Load()
    {
        if (!AssemblyLoadContext.Default.Assemblies.Any(one => one.GetName().Name == AssemblyName))
            AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(image));
    }

    /// <summary>The script compiled with it; null where it would see something else then.</summary>
    public CompiledScript? Compile(CSharpCompilation whole, string[] packages)
    {
        var trees = whole.SyntaxTrees;
        var loaded = files.Intersect(trees.Select(tree => tree.FilePath)).ToArray();
        if (loaded.Length == 0)
            return null;
        var unseen = files
            .Except(loaded)
            .SelectMany(file => typesOf.Value[file])
            .Concat(References.Names.Except(packages).Select(FirstWord));
        var isLoaded = trees.ToLookup(tree => loaded.Contains(tree.FilePath));
        bool IsOwn(ISymbol symbol) =>
            symbol.Locations.Any(place => isLoaded[false].Contains(place.SourceTree));
        var own = whole
            .ScriptClass!.GetMembers()
            .Where(IsOwn)
            .Select(member => member.Name)
            .Concat(isLoaded[false].SelectMany(AliasesIn))
            .Append(nameof(Globals.Args))
            .ToHashSet();
        if (
            own.Overlaps(loaded.SelectMany(file => typesOf.Value[file]))
            || trees.SelectMany(WordsIn).Intersect(unseen).Any()
            || isLoaded[true].Any(file => Symbols(whole.GetSemanticModel(file), own).Any(IsOwn))
        )
            return null;
        var script = Compiler.Emit(
            whole
                .WithOptions(
                    whole.Options.WithSourceReferenceResolver(new Sources(without: loaded))
                )
                .AddReferences(reference ??= MetadataReference.CreateFromImage(image))
        );
        return script with { Files = [.. script.Files.Except(loaded)], Library = Name };
    }

    const string AssemblyName = "shared";

    static CompiledScript Compile()
    {
        var none = new CompiledScript([], "", []);
        if (!Directory.Exists("shared"))
            return none;
        SyntaxTree[] files;
        try
        {
            var paths = Directory.GetFiles("shared", "*.csx").Order(StringComparer.Ordinal);
            files = [.. paths.Select(Read)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return none;
        }
        var words = files.SelectMany(WordsIn).ToHashSet();
        var packages = References.Names.Where(name => words.Contains(FirstWord(name)));
        var library = files.All(HoldsTypesOnly)
            ? Compiler.CompileLibrary(AssemblyName, files, packages)
            : none;
        // Messages belong to the scripts that load the file.
        if (library.Image == null || library.Messages != "")
            library = none;
        library = library with { Files = [.. files.Select(file => file.FilePath)] };
        KeptScripts.Keep("shared", library, files);
        return library;
    }

    static SyntaxTree Read(string path) => Compiler.Parse(path, Sources.Read(path));

    // No extension, which a script would see without naming its type, and no state, which would last
    // from one stage to the next.
    static bool HoldsTypesOnly(SyntaxTree file) =>
        file.GetCompilationUnitRoot() is { Externs: [], AttributeLists: [] } root
        && root.Members.All(member =>
            member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
            && !member.Modifiers.Any(SyntaxKind.FileKeyword)
        )
        && !root.Usings.Any(@using => @using.GlobalKeyword.RawKind != 0)
        && !root.DescendantNodes()
            .Any(node =>
                node is ExtensionBlockDeclarationSyntax or FieldExpressionSyntax
                || node is ParameterSyntax parameter
                    && parameter.Modifiers.Any(SyntaxKind.ThisKeyword)
                || node is MemberDeclarationSyntax member
                    && member.Modifiers.Any(SyntaxKind.StaticKeyword)
                    && !IsStateless(member)
            );

    static bool IsStateless(MemberDeclarationSyntax member) =>
        member switch
        {
            FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword)
                && Unchangeable.Contains($"{field.Declaration.Type}"),
            PropertyDeclarationSyntax property => property.ExpressionBody != null,
            MethodDeclarationSyntax or BaseTypeDeclarationSyntax => true,
            _ => false,
        };

    // The last for the tables of bytes in boom-log.csx.
    static readonly string[] Unchangeable = ["Regex", "TimeSpan", "bool[]"];

    static string[] TypesIn(SyntaxTree file) =>
        [
            .. file.GetCompilationUnitRoot()
                .Members.Select(member =>
                    (member as BaseTypeDeclarationSyntax)?.Identifier.ValueText
                    ?? (member as DelegateDeclarationSyntax)?.Identifier.ValueText
                )
                .OfType<string>()
                // Both names that an attribute may be written with.
                .SelectMany<string, string>(name => [name, Regex.Replace(name, "Attribute$", "")]),
        ];

    static IEnumerable<string> AliasesIn(SyntaxTree file) =>
        file.GetCompilationUnitRoot()
            .Usings.Select(@using => @using.Alias?.Name.Identifier.ValueText)
            .OfType<string>();

    // What some names stand for in a file, but for those behind a dot.
    static IEnumerable<ISymbol> Symbols(SemanticModel file, HashSet<string> names) =>
        file
            .SyntaxTree.GetRoot()
            .DescendantNodes()
            .OfType<SimpleNameSyntax>()
            .Where(name =>
                names.Contains(name.Identifier.ValueText)
                && !name.GetFirstToken().GetPreviousToken().IsKind(SyntaxKind.DotToken)
            )
            .Select(name => file.GetSymbolInfo(name))
            .SelectMany(info => info.Symbol is { } symbol ? [symbol] : info.CandidateSymbols);

    // The names in it, but for members and parts of namespaces, which stand behind a dot.
    static IEnumerable<string> WordsIn(SyntaxTree file)
    {
        var before = SyntaxKind.None;
        foreach (var token in file.GetRoot().DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && before != SyntaxKind.DotToken)
                yield return token.ValueText;
            before = token.Kind();
        }
    }

    // CsvHelper of CsvHelper/33.0.1, which is the beginning of its namespaces too.
    static string FirstWord(string package) => package.Split('.', '/')[0];
}

/// <summary>Reads scripts, so that the hash of each file is the hash of what was compiled.</summary>
/// <param name="without">Files that count as empty.</param>
sealed class Sources(string[] without) : SourceFileResolver([], Directory.GetCurrentDirectory())
{
    public override SourceText ReadText(string path) =>
        without.Contains(path) ? SourceText.From("", Encoding.UTF8) : Read(path);

    public static SourceText Read(string path)
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

    /// <summary>The packages, as "NAME/VERSION".</summary>
    public static IEnumerable<string> Names => packages.Keys;

    /// <summary>The assemblies of packages, and of those that these need.</summary>
    public static IEnumerable<MetadataReference> OfPackages(IEnumerable<string> names)
    {
        var needed = names.Where(packages.ContainsKey).Distinct().ToList();
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

    /// <summary>"NAME/VERSION" of <c>nuget: NAME, VERSION</c>.</summary>
    public static string NameOf(string directive) =>
        directive.Split(':', 2) is ["nuget", var package]
        && package.Split(',') is [var name, var version]
            ? $"{name.Trim()}/{version.Trim()}"
            : "";

    static Dictionary<string, Package> ReadPackages()
    {
        using var list = JsonDocument.Parse(File.ReadAllBytes(KeptScripts.PackageList));
        var libraries = list.RootElement.GetProperty("libraries");
        var target = list.RootElement.GetProperty("targets").EnumerateObject().First().Value;
        IEnumerable<JsonProperty> Members(JsonElement package, string name) =>
            package.TryGetProperty(name, out var members) ? members.EnumerateObject() : [];
        return target
            .EnumerateObject()
            .Where(library =>
                libraries.GetProperty(library.Name).GetProperty("type").GetString() == "package"
            )
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
