#!/usr/bin/env -S dotnet --
#:package CsvHelper
#:package Deedle
#:package FSharp.Core
#:package MathNet.Numerics
#:package YamlDotNet
#:property InvariantGlobalization=true
#:property PublishAot=false
#:property SatelliteResourceLanguages=en
#:property TieredPGO=false

// Runs the C# stages of calkit.yaml with nothing but the .NET SDK: it compiles their scripts as
// dotnet-script does, keeps what it compiled, and runs them in this process.

using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using YamlDotNet.RepresentationModel;
using static Microsoft.CodeAnalysis.ReportDiagnostic;

const string Help = """
    dotnet run pipeline.cs                                all C# stages of calkit.yaml, each after
                                                          those whose outputs it reads
    dotnet run pipeline.cs -- STAGE...                    some of them
    dotnet run pipeline.cs -- scripts/x.csx ARGUMENT...   one script, as dotnet script would
    """;
var project = $"{AppContext.GetData("EntryPointFileDirectoryPath")}";
try
{
    if (args is [var script, .. var arguments] && script.EndsWith(".csx"))
        return Run(Load(script), arguments);
    if (args is not ["--help" or "-h", ..])
        return RunStages(args);
    Console.WriteLine(Help);
    return 0;
}
// An argument is one of the command line.
catch (Exception e) when (e is ArgumentException or InvalidDataException or IOException)
{
    Stderr.Show($"ERROR: {e.Message}");
    return e is ArgumentException ? 2 : 1;
}

int RunStages(string[] names)
{
    var start = DateTime.UtcNow;
    var stderr = new Stderr { AutoFlush = true };
    Console.SetError(stderr);
    var groups = Chosen(names).ToLookup(stage => stage.WhyNot);
    foreach (var others in groups.Where(group => group.Key != ""))
        Console.WriteLine($"{others.Key}: {string.Join(", ", others.Select(stage => stage.Name))}");
    var stages = groups[""].ToArray();
    var commands = stages.Select(stage => stage.Command()).ToArray();
    var scripts = LoadAll([.. commands.Select(command => command[0])]);
    foreach (var (stage, command, script) in stages.Zip(commands, scripts))
    {
        Console.WriteLine($"== {stage.Name}");
        stage.WarnOfMissing("inputs");
        var exitCode = Run(script, command[1..]);
        if (exitCode != 0)
        {
            Stderr.Show($"ERROR: the stage {stage.Name} failed; those after it did not run");
            return exitCode;
        }
        stage.WarnOfMissing("outputs");
    }
    var files = stages.SelectMany(stage => stage.Outputs).Where(Path.Exists).ToArray();
    Console.WriteLine(string.Join('\n', files.Prepend("== done")));
    var seconds = (DateTime.UtcNow - start).TotalSeconds;
    Console.WriteLine($"{files.Length} files written, {stderr.Warnings} warnings, {seconds:0.0} s");
    return 0;
}

// The stages of these names, or all, in the order in which they run.
IEnumerable<Stage> Chosen(string[] names)
{
    var elsewhere = $"calkit.yaml does not exist here; the project is elsewhere: cd {project}";
    if (!File.Exists("calkit.yaml") && File.Exists($"{project}/calkit.yaml"))
        throw new IOException(elsewhere);
    var yaml = CalkitYaml.Read("calkit.yaml");
    var stages = yaml.Stages.Select(stage => new Stage(yaml, stage.Name, stage.Definition));
    var all = stages.ToList();
    var known = all.Select(stage => stage.Name).ToArray();
    if (names.Except(known).FirstOrDefault() is { } unknown)
        throw new ArgumentException($"no stage {unknown}; there are {string.Join(", ", known)}");
    all.ForEach(stage => stage.CheckStagesRead(known));
    return Ordered(all).Where(stage => names.Length == 0 || names.Contains(stage.Name));
}

// The file's order, but that a stage waits for those whose outputs it reads.
static List<Stage> Ordered(List<Stage> stages)
{
    var ordered = new List<Stage>();
    var left = stages.ToList();
    while (left.Find(stage => !left.Exists(stage.Reads)) is { } next)
    {
        ordered.Add(next);
        left.Remove(next);
    }
    return left.Count == 0 ? ordered : throw Cycle(left);
}

// The error that names those of some stages that wait for one another.
static InvalidDataException Cycle(List<Stage> stages)
{
    var chain = new List<Stage>();
    var next = stages[0];
    while (!chain.Contains(next))
    {
        chain.Add(next);
        next = stages.Find(next.Reads)!;
    }
    var names = chain[chain.IndexOf(next)..].Append(next).Select(stage => stage.Name);
    return next.Error($"stages wait for one another: {string.Join(" reads from ", names)}");
}

// The first alone: what the compiler has to load for it, it has for the others, side by side.
Assembly[] LoadAll(string[] paths)
{
    var first = paths.Take(1).Select(Load).ToArray();
    var others = paths.Skip(1).Select(path => Task.Run(() => Load(path)));
    return [.. first, .. Task.WhenAll(others).GetAwaiter().GetResult()];
}

static int Run(Assembly script, string[] arguments)
{
    // dotnet-script hands on what stands on both sides of the first "--".
    var dashes = Array.IndexOf(arguments, "--");
    object?[] states = [new Globals([.. arguments.Where((_, i) => i != dashes)]), null];
    var main = script.GetType("Submission#0")!.GetMethod("<Factory>")!;
    try
    {
        return ((Task<int>)main.Invoke(null, [states])!).GetAwaiter().GetResult();
    }
    catch (Exception e)
    {
        Console.Error.WriteLine(e);
        return 1;
    }
}

Assembly Load(string path)
{
    Assembly? script = null;
    var file = KeptFile(path);
    if (File.Exists(file))
        Try(() => script = Assembly.Load(File.ReadAllBytes(file)));
    return script ?? Compile(path, file);
}

Assembly Compile(string path, string file)
{
    var image = Compiler.Compile(path);
    // A source may have been edited meanwhile; another pipeline sees the whole file or none.
    if (KeptFile(path) == file)
        Try(() =>
        {
            var directory = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            foreach (var old in directory.GetFiles($"{Path.GetFileName(path)}-*"))
                old.Delete();
            File.WriteAllBytes($"{file}.{Environment.ProcessId}", image);
            File.Move($"{file}.{Environment.ProcessId}", file, overwrite: true);
        });
    return Assembly.Load(image);
}

// What can't be kept, or can't be loaded, is compiled anew.
static void Try(Action action)
{
    try
    {
        action();
    }
    catch (SystemException) { }
}

// Where a compiled script is kept: named by the hash of all that it is compiled from.
string KeptFile(string path)
{
    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes($"{text}\0"));
    Add($"{typeof(Stage).Module.ModuleVersionId} {Environment.Version}");
    Add(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pipeline.deps.json")));
    // It grows by what a file loads. One that is missing is left to the compiler.
    var files = new List<string> { Path.GetFullPath(path) };
    for (var i = 0; i < files.Count; i++)
    {
        var text = i == 0 || File.Exists(files[i]) ? File.ReadAllText(files[i]) : "";
        Add(files[i]);
        Add(text);
        var here = Path.GetDirectoryName(files[i])!;
        var loads = Regex.Matches(text, """#\s*load\s*"([^"]*)""").Select(x => x.Groups[1].Value);
        files.AddRange(loads.Select(load => Path.GetFullPath(load, here)).Except(files));
    }
    var name = Convert.ToHexString(hash.GetHashAndReset());
    return $"{project}/obj/scripts/{Path.GetFileName(path)}-{name}";
}

/// <summary>A stage of calkit.yaml.</summary>
sealed class Stage
{
    readonly CalkitYaml yaml;
    readonly YamlNode definition;
    readonly string[] stagesRead;
    readonly string[] pathsRead;
    readonly string[] pathsWritten;

    public Stage(CalkitYaml yaml, string name, YamlNode definition)
    {
        this.yaml = yaml;
        this.definition = definition;
        Name = name;
        Outputs = PathsIn("outputs");
        pathsWritten = [.. Outputs.Select(FullPath)];
        pathsRead = [.. PathsIn("inputs").Select(FullPath)];
        var others = List("inputs").Select(x => CalkitYaml.Child(x, "from_stage_outputs"));
        stagesRead = [.. others.OfType<YamlNode>().Select(yaml.Text)];
    }

    public string Name { get; }

    /// <summary>The paths of its outputs, as the file has them.</summary>
    public string[] Outputs { get; }

    /// <summary>Why it is passed over, or "".</summary>
    public string WhyNot
    {
        get
        {
            if (Text("frozen") is "true" or "True")
                return "frozen";
            var isCSharp = Regex.IsMatch(Text("command"), @"^dotnet\b.*\.csx");
            return isCSharp ? "" : "not C#, left to calkit";
        }
    }

    /// <summary>Whether it reads an output of a stage; a directory is all that is in it.</summary>
    public bool Reads(Stage other) =>
        stagesRead.Contains(other.Name)
        || pathsRead.Any(read => other.pathsWritten.Any(written => Overlap(read, written)));

    static bool Overlap(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal)
        || other.StartsWith(one, StringComparison.Ordinal);

    public void CheckStagesRead(string[] known)
    {
        if (stagesRead.Except(known).FirstOrDefault() is { } unknown)
            throw Error($"the stage {Name} reads from {unknown}, which is no stage");
    }

    /// <summary>Warns of inputs or outputs that are not there, such as misspelled ones: it would run before
    /// the stage that writes them, on tables of another time.</summary>
    public void WarnOfMissing(string key)
    {
        // A script that is missing is an error of the compiler.
        var others = PathsIn(key).Where(path => !path.EndsWith(".csx"));
        foreach (var path in others.Where(path => !Path.Exists(path)))
            Stderr.Show($"WARNING: calkit.yaml: {path}, of the {key} of {Name}, is not there");
    }

    /// <summary>The script and its arguments; an error where it can't run here.</summary>
    public string[] Command()
    {
        // What a shell takes literally, but for quotes.
        var word = """((?:'[^']*'|"[^"$`\\]*"|[^\s'"$`\\|&;<>()*?!#~{}[\]])+)""";
        var match = Regex.Match(Text("command"), $"^dotnet +script(?: +{word})+$");
        var words = match.Groups[1].Captures.Select(quoted => Unquoted(quoted.Value)).ToArray();
        if (CalkitYaml.Child(definition, "iterate_over") != null)
            throw CantRun("only Calkit runs iterate_over");
        if (Text("wdir") is not ("" or "."))
            throw CantRun("only Calkit changes to another wdir");
        if (words.Length == 0 || !words[0].EndsWith(".csx"))
            throw CantRun($"not dotnet script FILE.csx, or a shell is needed: {Text("command")}");
        return words;
    }

    static string Unquoted(string word) => Regex.Replace(word, "'([^']*)'|\"([^\"]*)\"", "$1$2");

    InvalidDataException CantRun(string why) => Error($"the stage {Name} can't run here: {why}");

    public InvalidDataException Error(string message) => yaml.Error(definition, message);

    string Text(string key) =>
        CalkitYaml.Child(definition, key) is { } node ? yaml.Text(node).Trim() : "";

    IEnumerable<YamlNode> List(string key) =>
        CalkitYaml.Child(definition, key) as YamlSequenceNode ?? [];

    // A path may stand in a mapping.
    string[] PathsIn(string key)
    {
        var paths = List(key).Select(x => CalkitYaml.Child(x, "path") ?? x);
        return [.. paths.OfType<YamlScalarNode>().Select(path => $"{path}")];
    }

    // With a separator at its end: the path of a directory begins those of what is in it.
    string FullPath(string path)
    {
        var full = Path.GetFullPath(Path.Combine(".", Text("wdir"), path));
        return Path.TrimEndingDirectorySeparator(full) + Path.DirectorySeparatorChar;
    }
}

/// <summary>What a script sees beside its own code, as in dotnet-script.</summary>
public sealed record Globals(IList<string> Args);

/// <summary>Compiles scripts as dotnet-script 2.0.0 does, but optimized.</summary>
sealed class Compiler : MetadataReferenceResolver
{
    const string Usings =
        "System System.IO System.Collections.Generic System.Console System.Diagnostics System.Dynamic "
        + "System.Linq System.Linq.Expressions System.Text System.Threading.Tasks";
    static readonly CSharpCompilationOptions options = new(
        OutputKind.DynamicallyLinkedLibrary,
        scriptClassName: "Submission#0",
        usings: Usings.Split(),
        optimizationLevel: OptimizationLevel.Release,
        allowUnsafe: true,
        // Packages may be made for older frameworks; what is said of nullable types is an error.
        specificDiagnosticOptions:
        [
            .. new[] { 1701, 1702, 1705 }.Select(id => KeyValuePair.Create($"CS{id}", Suppress)),
            .. Enumerable.Range(8600, 56).Select(id => KeyValuePair.Create($"CS{id}", Error)),
        ],
        sourceReferenceResolver: new SourceFileResolver([], Environment.CurrentDirectory),
        metadataReferenceResolver: new Compiler()
    );
    static readonly string files = $"{AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")}";
    static readonly Dictionary<string, PortableExecutableReference> assemblies = files
        .Split(Path.PathSeparator)
        .DistinctBy(Path.GetFileName)
        .Select(ReferenceTo)
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file.FilePath)!);

    // Only its metadata: most of a file is code.
    static PortableExecutableReference ReferenceTo(string file)
    {
        var stream = File.OpenRead(file);
        var metadata = ModuleMetadata.CreateFromStream(stream, PEStreamOptions.PrefetchMetadata);
        return AssemblyMetadata.Create(metadata).GetReference(filePath: file);
    }

    /// <summary>Returns the script's assembly, or shows its errors.</summary>
    public static byte[] Compile(string path)
    {
        var file = Path.GetFullPath(path);
        var language = new CSharpParseOptions(LanguageVersion.Preview, kind: SourceCodeKind.Script);
        var own = AppContext.BaseDirectory;
        var framework = assemblies.Values.Where(assembly => !assembly.FilePath!.StartsWith(own));
        // The alias hides the code of pipeline.cs from the script.
        var globals = assemblies["pipeline"].WithAliases(["<host>"]);
        var script = CSharpCompilation.CreateScriptCompilation(
            "script",
            CSharpSyntaxTree.ParseText(File.ReadAllText(file), language, file, Encoding.UTF8),
            [globals, .. framework],
            options,
            returnType: typeof(int),
            globalsType: typeof(Globals)
        );
        if (script.SyntaxTrees.All(tree => tree.GetCompilationUnitRoot().Members.Count == 0))
            throw new InvalidDataException($"{path}: is empty");
        // The debug information in it gives a stack trace its lines.
        using var image = new MemoryStream();
        var result = script.Emit(image, options: new(false, DebugInformationFormat.Embedded));
        if (result.Success)
            return image.ToArray();
        ShowErrors(result.Diagnostics);
        throw new InvalidDataException($"{path} does not compile");
    }

    static void ShowErrors(IEnumerable<Diagnostic> diagnostics)
    {
        var errors = diagnostics
            .Where(error => error.Severity == DiagnosticSeverity.Error)
            .ToList();
        // A bracket that is missing makes errors of all names behind it.
        var ofSyntax = errors.FindAll(error => error.GetMessage().EndsWith(" expected"));
        if (ofSyntax.Count > 0)
            errors = ofSyntax;
        foreach (var error in errors.OrderBy(error => error.Location.SourceSpan))
        {
            var file = Path.GetRelativePath(".", error.Location.SourceTree?.FilePath ?? ".");
            var line = error.Location.GetLineSpan().StartLinePosition.Line + 1;
            Stderr.Show($"ERROR: {file}:{line}: {error.GetMessage()} ({error.Id})");
        }
    }

    /// <summary>Finds the assembly of <c>nuget: NAME, VERSION</c>.</summary>
    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference,
        string? baseFilePath,
        MetadataReferenceProperties properties
    )
    {
        var package = Regex.Match(reference, @"^nuget: *([^ ,]+) *, *([^ ,]+) *$").Groups;
        var packages = File.ReadAllText($"{AppContext.BaseDirectory}pipeline.deps.json");
        if (packages.Contains($"\"{package[1]}/{package[2]}\""))
            return [assemblies[package[1].Value]];
        var missing = $"pipeline.cs does not have {reference}; run the script with dotnet-script";
        throw new InvalidDataException(missing);
    }

    /// <summary>Finds what a package needs.</summary>
    public override PortableExecutableReference? ResolveMissingAssembly(
        MetadataReference definition,
        AssemblyIdentity identity
    ) => assemblies.GetValueOrDefault(identity.Name);

    public override bool ResolveMissingAssemblies => true;

    public override bool Equals(object? other) => other is Compiler;

    public override int GetHashCode() => 0;
}

/// <summary>Stderr, which counts the warnings.</summary>
sealed class Stderr() : StreamWriter(Console.OpenStandardError(), Console.OutputEncoding)
{
    public int Warnings { get; private set; }

    public override void WriteLine(string? value)
    {
        Warnings += value?.StartsWith("WARNING:") == true ? 1 : 0;
        base.WriteLine(value);
    }

    /// <summary>Shows a line without the control characters that may stand in names.</summary>
    public static void Show(string line) =>
        Console.Error.WriteLine(Regex.Replace(line, @"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]", " "));
}
