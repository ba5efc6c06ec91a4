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

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
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
    if (args is [var script, ..] && script.EndsWith(".csx"))
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
        var warnings = new WarningCounter { AutoFlush = true };
        Console.SetError(warnings);

        var stages = Chosen(names);
        Show("frozen: ", stages.Where(stage => stage.IsFrozen).Select(stage => stage.Name));
        Show(
            "not C#, left to calkit: ",
            stages
                .Where(stage => !stage.IsFrozen && stage.WhyNot != null)
                .Select(stage => stage.Name)
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
        Show("", files);
        Console.WriteLine(
            $"{Screen.Count(files.Length, "file")} written, "
                + $"{Screen.Count(warnings.Count, "warning")}, {clock.Elapsed.TotalSeconds:0.0} s"
        );
        return 0;
    }

    static Stage[] Chosen(string[] names)
    {
        if (names.FirstOrDefault(name => name.StartsWith('-')) is { } option)
            throw new UsageException(
                $"unknown option {option}; the options of a script follow its path: scripts/NAME.csx "
                    + $"{option} …; --help tells more"
            );
        var yaml = CalkitYaml.Read(Project.Here("calkit.yaml"));
        var stages = yaml.Stages.Select(stage => new Stage(yaml, stage)).ToArray();
        var all = stages.Select(stage => stage.Name).ToArray();
        if (names.Except(all).FirstOrDefault() is { } unknown)
            throw new UsageException(
                $"calkit.yaml has no stage {unknown}\n"
                    + Screen.Wrapped($"There are {string.Join(", ", all)}")
            );

        if (names.Length > 0)
            stages = stages.Where(stage => names.Contains(stage.Name)).ToArray();
        foreach (var stage in stages.Where(stage => stage.WhyNot != null))
        {
            var message = $"the stage {stage.Name} can't run here: {stage.WhyNot}";
            if (names.Length > 0)
                throw new UsageException(message);
            if (stage.IsScript)
                throw new InvalidDataException(message);
            if (stage.WhyNot == Stage.NoScript)
                Output.Error($"WARNING: the stage {stage.Name} is left out: {stage.WhyNot}");
        }
        return stages;
    }

    static void Show(string title, IEnumerable<string> names)
    {
        if (names.Any())
            Console.WriteLine(Screen.Wrapped(title + string.Join(", ", names)));
    }
}

/// <summary>A stage of calkit.yaml. Its command is <c>dotnet script FILE.csx ARGUMENT...</c>.</summary>
sealed class Stage
{
    public const string NoScript = "expected the command dotnet script FILE.csx";

    readonly CalkitYaml yaml;
    readonly YamlNode definition;

    public Stage(CalkitYaml yaml, (string Name, YamlNode Definition) stage)
    {
        this.yaml = yaml;
        (Name, definition) = stage;
        var command = Scalar("command");
        IsFrozen = Scalar("frozen") is "true" or "True" or "TRUE";
        IsScript =
            !IsFrozen
            && command.Split() is ["dotnet", .. var words]
            && words.Contains("script")
            && command.Contains(".csx");
        if (IsFrozen)
            WhyNot = "it is frozen";
        else if (IsScript)
            WhyNot = Parse(command);
        else if (command.Contains(".csx") || command == "" && Scalar("kind") == "command")
            WhyNot = NoScript;
        else
            WhyNot = "it is not C#";
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

    // Words that a shell takes literally, but for their quotes.
    static readonly Regex Words = new(
        """^(?: *((?:'[^']*'|"[^"$`\\]*"|[^ '"$`\\|&;<>()*?!#~{}[\]])+))*"""
    );

    // Takes the command apart. Returns why that can't be done, or null.
    string? Parse(string command)
    {
        if (CalkitYaml.Child(definition, "iterate_over") is YamlSequenceNode)
            return "it iterates over values, which only Calkit can do";
        if (Screen.OneLine(command) != command)
            return "its command has a line end or a control character";
        var literal = Words.Match(command);
        var rest = command[literal.Length..].TrimStart();
        var culprit = rest.StartsWith('"')
            ? rest.FirstOrDefault("$`\\".Contains, '"')
            : rest.FirstOrDefault();
        if (culprit is '\'' or '"')
            return $"its command has a {culprit} too few or too many";
        if (rest != "")
            return $"its command needs a shell, because of the {culprit}";
        var words = literal.Groups[1].Captures.Select(word => Unquoted(word.Value)).ToArray();
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
    public static string[] WithoutDoubleDash(string[] words)
    {
        var dashes = Array.IndexOf(words, "--");
        return [.. words.Where((_, i) => i != dashes)];
    }
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
/// <param name="Hashes">Of the files that it was compiled from, by their paths.</param>
/// <param name="Library">The name of the library that it refers to, or "".</param>
sealed record CompiledScript(
    byte[]? Image,
    string Messages,
    Dictionary<string, string> Hashes,
    string Library = ""
)
{
    /// <summary>Gets scripts ready to run: those that have changed are compiled, side by side.</summary>
    public static IReadOnlyDictionary<string, CompiledScript> Prepare(
        IEnumerable<string> paths,
        Action<string> say
    )
    {
        var scripts = new ConcurrentDictionary<string, CompiledScript?>();
        foreach (var path in paths)
            scripts[path] = KeptScripts.Find(Project.Here(path));
        var changed = scripts.Keys.Where(path => scripts[path] == null).ToArray();
        if (changed.Length > 0)
        {
            say($"compiling {Screen.Count(changed.Length, "script")}…");
            MethodNotes.Use("compiler");
            Parallel.ForEach(changed, path => scripts[path] = Compiler.Compile(path));
        }
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
        if (Library != "")
            SharedLibrary.Load();
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
    public static readonly string Directory = Path.Combine(Project.Directory, "obj", "scripts");

    /// <summary>What was kept under a name; null where that is not whole, or is not there.</summary>
    public static byte[]? Read(string name)
    {
        var path = Path.Combine(Directory, name);
        if (!File.Exists(path))
            return null;
        try
        {
            var bytes = DataFile.ReadBytes(path, KeptScripts.MostBytes);
            var content = bytes[Math.Min(SHA256.HashSizeInBytes, bytes.Length)..];
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
    /// <summary>The size of the largest source.</summary>
    public const int MostBytes = 100_000_000;

    /// <summary>The list of this program's packages with their versions.</summary>
    public static readonly string PackageList = Path.ChangeExtension(
        typeof(KeptScripts).Assembly.Location,
        ".deps.json"
    );

    static readonly string settings =
        $"{Environment.Version} {typeof(KeptScripts).Module.ModuleVersionId} {HashOf(PackageList)}";

    public static CompiledScript? Find(string path)
    {
        if (Kept.Read(NameOf(path)) is not { } content)
            return null;
        using var reader = new BinaryReader(new MemoryStream(content));
        var texts = reader.ReadString().Split('\0');
        if (texts is not [var version, var library, .. var files] || version != settings)
            return null;
        var hashes = files.Chunk(2).ToDictionary(file => file[0], file => file[1]);
        var isCurrent =
            hashes.All(file => HashOf(file.Key) == file.Value)
            && (library == "" || library == SharedLibrary.Name);
        var (messages, image) = (reader.ReadString(), reader.ReadBytes(content.Length));
        return isCurrent ? new(image, messages, hashes, library) : null;
    }

    public static void Keep(string path, CompiledScript script)
    {
        var files = script.Hashes.SelectMany(file => new[] { file.Key, file.Value });
        string[] texts = [settings, script.Library, .. files];
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(string.Join('\0', texts));
        writer.Write(script.Messages);
        writer.Write(script.Image!);
        Kept.Write(NameOf(path), content.ToArray());
    }

    static string NameOf(string path)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path)));
        return $"{Path.GetFileName(path)}-{Convert.ToHexString(hash, 0, 8)}";
    }

    // Of a file that can't be read, one that no file has.
    static string HashOf(string path)
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(DataFile.ReadBytes(path, MostBytes)));
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }
}

/// <summary>Compiles scripts as dotnet-script 2.0.0 does.</summary>
static class Compiler
{
    public static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14);

    /// <summary>The name of a script's assembly.</summary>
    public const string ScriptName = "script";

    /// <summary>What every script imports.</summary>
    public static readonly string[] Usings =
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

    public static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary,
        scriptClassName: "Submission#0",
        usings: Usings,
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
        SyntaxTree tree;
        try
        {
            tree = Read(path, SourceCodeKind.Script);
        }
        catch (IOException e)
        {
            return new CompiledScript(null, $"ERROR: {e.Message}", []);
        }
        var whole = CSharpCompilation.CreateScriptCompilation(
            ScriptName,
            tree,
            References.Framework,
            Options.WithSourceReferenceResolver(new Sources([])),
            returnType: typeof(int),
            globalsType: typeof(Globals)
        );
        var roots = whole.SyntaxTrees.Select(file => file.GetCompilationUnitRoot()).ToArray();
        if (roots.All(root => root.Members.Count == 0))
            return new CompiledScript(null, $"ERROR: {path}: is empty", []);
        var packages = roots
            .SelectMany(root => root.GetReferenceDirectives())
            .Select(directive => References.NameOf(directive.File.ValueText))
            .ToArray();
        whole = whole.AddReferences(References.OfPackages(packages));

        var script = SharedLibrary.Compile(whole, packages);
        if (script?.Image == null)
            script = Emit(whole, whole.SyntaxTrees);
        if (script.Image == null)
            return script with { Messages = $"{script.Messages}\nERROR: {path} does not compile" };
        KeptScripts.Keep(path, script);
        return script;
    }

    /// <summary>Reads and parses a file.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static SyntaxTree Read(string path, SourceCodeKind kind) =>
        CSharpSyntaxTree.ParseText(
            Sources.Read(path),
            Language.WithKind(kind),
            Path.GetFullPath(path)
        );

    /// <param name="sources">The files of which a change counts.</param>
    public static CompiledScript Emit(
        CSharpCompilation compilation,
        IEnumerable<SyntaxTree> sources
    )
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
            sources.ToDictionary(
                file => file.FilePath,
                file => Convert.ToHexString(file.GetText().GetChecksum().AsSpan())
            )
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
                : diagnostic.GetMessage();
        var kind = diagnostic.Severity == DiagnosticSeverity.Error ? "ERROR" : "WARNING";
        return $"{kind}: {place.Path}:{place.StartLinePosition.Line + 1}: {message} ({diagnostic.Id})";
    }
}

/// <summary>
/// The files of shared/ as one assembly, so that neither this program nor the runtime compiles them
/// anew for every script. It stands in for the files that a script loads where nothing but the time
/// tells the difference; else the script is compiled whole, as dotnet-script does.
/// </summary>
static class SharedLibrary
{
    const string AssemblyName = "shared";

    static readonly Lazy<CompiledScript> library = new(() =>
        KeptScripts.Find(AssemblyName) ?? Make()
    );

    static readonly Lazy<Assembly> assembly = new(() =>
        AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(library.Value.Image!))
    );

    static MetadataReference? reference;

    /// <summary>Another one for other contents of its files.</summary>
    public static string Name => string.Concat(library.Value.Hashes);

    /// <summary>Makes it known to the scripts that refer to it.</summary>
    public static void Load() => _ = assembly.Value;

    /// <summary>A script compiled with it; null where it would see something else then.</summary>
    /// <param name="whole">The script with all files that it loads.</param>
    /// <param name="packages">Those that the script asks for.</param>
    public static CompiledScript? Compile(CSharpCompilation whole, string[] packages)
    {
        var (image, hashes) = (library.Value.Image!, library.Value.Hashes);
        var files = whole.SyntaxTrees.ToLookup(file => hashes.ContainsKey(file.FilePath));
        var (loaded, own) = (files[true].ToArray(), files[false].ToArray());
        if (image.Length == 0 || loaded.Length == 0)
            return null;
        var shared = reference ??= MetadataReference.CreateFromImage(image);
        // The script's own files as they were read before, those of the library empty.
        var texts = own.ToDictionary(file => file.FilePath, file => file.GetText());
        foreach (var file in loaded)
            texts[file.FilePath] = SourceText.From("", Encoding.UTF8);
        var script = whole
            .WithOptions(whole.Options.WithSourceReferenceResolver(new Sources(texts)))
            .AddReferences(shared);

        bool IsIn(SyntaxTree[] files, ISymbol? symbol) =>
            symbol != null && symbol.Locations.Any(place => files.Contains(place.SourceTree));
        var types = whole.ScriptClass!.GetTypeMembers().Where(type => IsIn(loaded, type)).ToArray();
        var unseen = ((IAssemblySymbol)script.GetAssemblyOrModuleSymbol(shared)!)
            .GlobalNamespace.GetTypeMembers()
            .ExceptBy(types.Select(type => type.MetadataName), type => type.MetadataName)
            // Both names that an attribute may be written with.
            .SelectMany(type => new[] { type.Name, Regex.Replace(type.Name, "Attribute$", "") })
            .Concat(References.Names.Except(packages).Select(FirstWord))
            .ToHashSet();
        if (whole.SyntaxTrees.Any(file => Words(file, unseen).Any()))
            return null;

        var ownNames = script
            .ScriptClass!.GetMembers()
            .Select(member => member.Name)
            .Append(nameof(Globals.Args))
            .Concat(own.SelectMany(UsingsIn).Select(one => $"{one.Alias?.Name}"))
            .ToHashSet();
        bool MeansOwn(SyntaxTree file)
        {
            var meanings = whole.GetSemanticModel(file);
            return Words(file, ownNames)
                .Select(word => meanings.GetSymbolInfo(word.Parent!))
                .SelectMany(meaning => meaning.CandidateSymbols.Append(meaning.Symbol))
                .Any(symbol => IsIn(own, symbol));
        }
        if (types.Any(type => ownNames.Contains(type.Name)) || loaded.Any(MeansOwn))
            return null;
        return Compiler.Emit(script, own) with { Library = Name };
    }

    static CompiledScript Make()
    {
        SyntaxTree[] files;
        try
        {
            var paths = Directory.GetFiles("shared", "*.csx").Order();
            files = [.. paths.Select(path => Compiler.Read(path, SourceCodeKind.Regular))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CompiledScript([], "", []);
        }
        var imports = Compiler.Usings.Select(name =>
            $"global using {(name == "System.Console" ? "static " : "")}{name};"
        );
        // An internal member is the script's too.
        const string Friend =
            $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{Compiler.ScriptName}\")]";
        var text = SourceText.From(string.Concat(imports) + Friend, Encoding.UTF8);
        var namespaces = files.SelectMany(UsingsIn).Select(one => FirstWord($"{one.Name}"));
        var packages = References.Names.Where(name => namespaces.Contains(FirstWord(name)));
        var compilation = CSharpCompilation.Create(
            AssemblyName,
            [.. files, CSharpSyntaxTree.ParseText(text, Compiler.Language)],
            [.. References.Framework.SkipLast(1), .. References.OfPackages(packages)],
            Compiler.Options
        );
        var made = Compiler.Emit(compilation, files);
        var types = compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type);
        var isLike = files.All(HoldsTypesOnly) && types.Cast<INamedTypeSymbol>().All(IsStateless);
        // Messages belong to the scripts that load the file.
        if (made.Messages != "" || !isLike)
            made = made with { Image = [], Messages = "" };
        KeptScripts.Keep(AssemblyName, made);
        return made;
    }

    // As in a script, and nothing that counts for other files.
    static bool HoldsTypesOnly(SyntaxTree file) =>
        file.GetCompilationUnitRoot() is { AttributeLists: [] } root
        && root.Members.All(member =>
            member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
        )
        && !root.Usings.Any(one => one.GlobalKeyword.RawKind != 0);

    // No extension, which a script would see without naming its type, and no state, which would last
    // from one stage to the next.
    static bool IsStateless(INamedTypeSymbol type) =>
        type is { MightContainExtensionMethods: false, IsFileLocal: false, Locations: [_] }
        && type.GetMembers()
            .Where(member => member.IsStatic)
            .All(member =>
                member switch
                {
                    IFieldSymbol { IsConst: true } => true,
                    // The last for the tables of bytes in boom-log.csx.
                    IFieldSymbol { IsReadOnly: true } field => $"{field.Type}"
                        is "System.Text.RegularExpressions.Regex"
                            or "System.TimeSpan"
                            or "bool[]",
                    IFieldSymbol or IEventSymbol => false,
                    IMethodSymbol { MethodKind: MethodKind.StaticConstructor } method =>
                        method.IsImplicitlyDeclared,
                    _ => true,
                }
            );

    static IEnumerable<UsingDirectiveSyntax> UsingsIn(SyntaxTree file) =>
        file.GetCompilationUnitRoot().Usings;

    // Where some names stand in a file, but for members and parts of namespaces, behind a dot.
    static IEnumerable<SyntaxToken> Words(SyntaxTree file, HashSet<string> names) =>
        file.GetRoot()
            .DescendantTokens()
            .Where(token =>
                token.IsKind(SyntaxKind.IdentifierToken)
                && names.Contains(token.ValueText)
                && !token.GetPreviousToken().IsKind(SyntaxKind.DotToken)
            );

    // CsvHelper of CsvHelper/33.0.1, which is the beginning of its namespaces too.
    static string FirstWord(string package) => package.Split('.', '/')[0];
}

/// <summary>Reads scripts, so that the hash of each file is the hash of what was compiled.</summary>
/// <param name="texts">Files that are not read again, by their paths.</param>
sealed class Sources(Dictionary<string, SourceText> texts)
    : SourceFileResolver([], Directory.GetCurrentDirectory())
{
    public override SourceText ReadText(string path) => texts.GetValueOrDefault(path) ?? Read(path);

    /// <exception cref="IOException">It can't be read; the compiler tells why.</exception>
    public static SourceText Read(string path)
    {
        try
        {
            var bytes = DataFile.ReadBytes(path, KeptScripts.MostBytes);
            return SourceText.From(bytes, bytes.Length, null, SourceHashAlgorithm.Sha256);
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
            .Where(file => file.StartsWith(RuntimeEnvironment.GetRuntimeDirectory()))
            .Select(file => MetadataReference.CreateFromFile(file)),
        MetadataReference.CreateFromFile(
            typeof(Globals).Assembly.Location,
            MetadataReferenceProperties.Assembly.WithAliases(["<host>"])
        ),
    ];

    // By "NAME/VERSION": the files of a package and of those that it needs.
    static readonly Dictionary<string, string[]> packages = ReadPackages();

    /// <summary>The packages, as "NAME/VERSION".</summary>
    public static IEnumerable<string> Names => packages.Keys;

    /// <summary>The assemblies of packages, and of those that these need.</summary>
    public static IEnumerable<MetadataReference> OfPackages(IEnumerable<string> names)
    {
        var files = names.SelectMany(name => packages.GetValueOrDefault(name, [])).ToHashSet();
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

    static Dictionary<string, string[]> ReadPackages()
    {
        var list = JsonNode.Parse(File.ReadAllBytes(KeptScripts.PackageList))!;
        var target = list["targets"]!.AsObject().First().Value!;
        JsonObject Members(string package, string name) => target[package]?[name]?.AsObject() ?? [];
        IEnumerable<string> FilesOf(string package) =>
            Members(package, "dependencies")
                .SelectMany(need => FilesOf($"{need.Key}/{need.Value}"))
                .Concat(Members(package, "runtime").Select(file => Path.GetFileName(file.Key)));
        return list["libraries"]!
            .AsObject()
            .Where(library => $"{library.Value!["type"]}" == "package")
            .Select(library => library.Key)
            .ToDictionary(
                package => package,
                package => FilesOf(package).ToArray(),
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
}

/// <summary>A command line that can't be followed: exit code 2.</summary>
sealed class UsageException(string message) : Exception(message);

/// <summary>Stderr, which counts the warnings.</summary>
sealed class WarningCounter() : StreamWriter(Console.OpenStandardError(), Console.Error.Encoding)
{
    public int Count { get; private set; }

    public override void WriteLine(string? value)
    {
        Count += value?.StartsWith("WARNING:") == true ? 1 : 0;
        base.WriteLine(value);
    }
}
