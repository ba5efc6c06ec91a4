using System.Text.RegularExpressions;
using System.Xml.Linq;
using YamlDotNet.RepresentationModel;

/// <summary>What the files of the project must agree on.</summary>
public class ProjectTests
{
    static string Read(string file) => File.ReadAllText(Path.Combine(ScratchProject.Root, file));

    static string[] FilesOf(string directory, string pattern) =>
        Directory
            .GetFiles(Path.Combine(ScratchProject.Root, directory), pattern)
            .Select(file => $"{directory}/{Path.GetFileName(file)}")
            .Order()
            .ToArray();

    public static TheoryData<string> Scripts =>
        [.. FilesOf("scripts", "*.csx").Select(file => Path.GetFileNameWithoutExtension(file))];

    // All scripts but those that are run by hand.
    public static TheoryData<string> Stages =>
        [.. Scripts.Cast<object[]>().Select(x => (string)x[0]).Except(["audit-paper", "explore"])];

    static YamlNode Stage(string name)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Read("calkit.yaml")));
        return yaml.Documents[0].RootNode["pipeline"]["stages"][name];
    }

    static string[] Loaded(string file) =>
        Regex
            .Matches(Read(file), "^#load \"\\.\\./(.+)\"$", RegexOptions.Multiline)
            .Select(load => load.Groups[1].Value)
            .ToArray();

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_names_the_packages_in_the_versions_of_the_project(string script)
    {
        var versions = XDocument
            .Parse(Read("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(
                package => package.Attribute("Include")!.Value,
                package => package.Attribute("Version")!.Value
            );

        var named = Regex.Matches(Read($"scripts/{script}.csx"), "#r \"nuget: (.+), (.+)\"");

        Assert.All(
            named,
            package => Assert.Equal(versions[package.Groups[1].Value], package.Groups[2].Value)
        );
    }

    [LinuxTheory]
    [MemberData(nameof(Scripts))]
    public void A_script_can_be_started_by_its_name(string script)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();

        Assert.StartsWith("#!/usr/bin/env dotnet-script\n", Read($"scripts/{script}.csx"));
        Assert.True(
            File.GetUnixFileMode(Path.Combine(ScratchProject.Root, $"scripts/{script}.csx"))
                .HasFlag(UnixFileMode.UserExecute)
        );
    }

    [Fact]
    public void Every_column_of_the_tables_of_runs_is_explained() =>
        Assert.Equal(
            Column.Of("boom").Select(column => column.Title),
            Regex
                .Matches(
                    Read("logs/README.md").Split("## The columns of the tables of runs")[1],
                    "(?m)^\\| (`[^|]*`) \\|"
                )
                .SelectMany(row => row.Groups[1].Value.Split(", "))
                .Select(column => column.Trim('`'))
        );

    [Theory]
    [MemberData(nameof(Stages))]
    public void The_inputs_of_a_stage_are_its_script_what_that_loads_and_its_data(string script)
    {
        var stage = Stage(script);
        var outputs = ((YamlSequenceNode)stage["outputs"]).Select(output => $"{output["path"]}");
        // What a script reads, it names; {system} stands for both.
        var data = Regex
            .Matches(
                Read($"scripts/{script}.csx"),
                @"(?:results|paper|scripts|logs)/[\w./{}-]+\.(?:csv|json|html|md|tex)|calkit\.yaml"
            )
            .SelectMany(file =>
                new[] { "boom", "kowalski" }.Select(system =>
                    file.Value.Replace("{system}", system)
                )
            );

        Assert.StartsWith($"dotnet script scripts/{script}.csx", $"{stage["command"]}");
        Assert.Equal(
            data.Except(outputs)
                .Where(file => !file.Contains('{'))
                .Concat(Loaded($"scripts/{script}.csx"))
                .Append($"scripts/{script}.csx")
                .Distinct()
                .Order(),
            ((YamlSequenceNode)stage["inputs"])
                .OfType<YamlScalarNode>()
                .Select(input => input.Value!)
                .Order()
        );
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_uses_every_file_that_it_loads(string script)
    {
        var files = Loaded($"scripts/{script}.csx").Append($"scripts/{script}.csx").ToArray();

        Assert.All(
            files.SkipLast(1),
            file =>
                Assert.Contains(
                    Regex
                        .Matches(
                            Read(file),
                            @"^public [a-z ]*(?:class|record|struct) (\w+)",
                            RegexOptions.Multiline
                        )
                        .Select(type => type.Groups[1].Value),
                    type =>
                        files
                            .Where(other => other != file)
                            .Any(other => Regex.IsMatch(Read(other), $@"\b{type}\b"))
                )
        );
    }

    [Fact]
    public void Files_in_shared_load_nothing_and_every_one_is_loaded()
    {
        var shared = FilesOf("shared", "*.csx");

        Assert.All(shared, file => Assert.DoesNotMatch("(?m)^#(load|r)", Read(file)));
        Assert.Equal(
            shared,
            FilesOf("scripts", "*.csx").SelectMany(Loaded).Distinct().Order().ToArray()
        );
    }

    [Fact]
    public void Every_command_of_the_readme_is_one_that_ci_runs()
    {
        static string OneLine(string text) =>
            Regex
                .Replace(text.Replace("\\\n", " "), @"\s+", " ")
                .Replace("$script", "collect-boom");
        var ci = OneLine(Read(".ci/run"))
            .Replace("$pdf", "paper/main")
            .Replace("\"$scratch/try\"", "try");

        var commands = Regex
            .Matches(Read("README.md"), @"^ {4,6}((?:dotnet|latexmk) .+)$", RegexOptions.Multiline)
            .Select(command => command.Groups[1].Value)
            .ToArray();

        Assert.True(commands.Length > 5);
        // latexmk stands in CI with more options.
        Assert.All(
            commands.Where(command => !command.StartsWith("latexmk")),
            command => Assert.Contains(command, ci)
        );
    }

    [Fact]
    public void Git_keeps_what_calkit_keeps() =>
        Assert.DoesNotMatch(
            @"(?m)^\.?(dvc|calkit)|^\.(dvc|calkit)|dvc\.(yaml|lock)",
            Read(".gitignore")
        );
}
