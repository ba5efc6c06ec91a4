using System.Text.RegularExpressions;
using System.Xml.Linq;
using YamlDotNet.RepresentationModel;
using static ScratchProject;

/// <summary>What the files of the project must agree on.</summary>
public class ProjectTests
{
    static string[] FilesOf(string directory) =>
        Directory
            .GetFiles(Path.Combine(Root, directory), "*.csx")
            .Select(file => $"{directory}/{Path.GetFileName(file)}")
            .Order()
            .ToArray();

    public static TheoryData<string> Scripts => [.. FilesOf("scripts")];

    static readonly YamlNode root = Yaml(Committed("calkit.yaml"));

    internal static YamlNode Yaml(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return yaml.Documents[0].RootNode;
    }

    internal static YamlMappingNode Stages => (YamlMappingNode)root["pipeline"]["stages"];

    public static TheoryData<string> Names => [.. Stages.Select(stage => $"{stage.Key}")];

    public static TheoryData<string> CSharpStages =>
        [.. from x in Stages where $"{x.Value["command"]}".StartsWith("dotnet") select $"{x.Key}"];

    static IEnumerable<YamlNode> List(YamlNode node, string key) =>
        CalkitYaml.Child(node, key) as YamlSequenceNode ?? [];

    // The inputs or outputs of a stage that are paths.
    internal static string[] PathsOf(YamlNode stage, string key) =>
        [
            .. from x in List(stage, key)
            let path = CalkitYaml.Child(x, "path") ?? x
            where path is YamlScalarNode
            select $"{path}",
        ];

    // The stages named in from_stage_outputs.
    internal static string[] StagesOf(YamlNode stage) =>
        [
            .. from x in List(stage, "inputs")
            let name = CalkitYaml.Child(x, "from_stage_outputs")
            where name != null
            select $"{name}",
        ];

    static string[] Loaded(string script) => LoadedIn(Committed(script));

    internal static string[] LoadedIn(string text) =>
        Regex
            .Matches(text, "(?m)^#load \"\\.\\./(.+)\"$")
            .Select(load => load.Groups[1].Value)
            .ToArray();

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_names_the_packages_in_the_versions_of_the_project(string script)
    {
        var versions = XDocument
            .Parse(Committed("Directory.Packages.props"))
            .Descendants("PackageVersion")
            .ToDictionary(x => x.Attribute("Include")!.Value, x => x.Attribute("Version")!.Value);

        Assert.All(
            Regex.Matches(Committed(script), "#r \"nuget: (.+), (.+)\""),
            named => Assert.Equal(versions[named.Groups[1].Value], named.Groups[2].Value)
        );
    }

    // Explore is made to be edited, and ends at a prompt.
    [Fact]
    public void Every_script_has_the_same_frame() =>
        Assert.Equal(
            ["scripts/compare-campaigns.csx", "scripts/explore.csx"],
            FilesOf("scripts")
                .Where(x => !Committed(x).Contains("\nreturn Script.Run(Args, Help, Main);\n"))
        );

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_loads_nothing_but_files_of_shared(string script) =>
        Assert.Equal(
            Regex.Matches(Committed(script), "(?m)^ *# *load").Count,
            Loaded(script).Count(file => file.StartsWith("shared/"))
        );

    [Fact]
    public void Files_of_shared_load_nothing_and_each_is_loaded()
    {
        Assert.All(
            FilesOf("shared"),
            file => Assert.DoesNotMatch("(?m)^ *# *(load|r)\\b", Committed(file))
        );
        Assert.Equal(FilesOf("shared"), FilesOf("scripts").SelectMany(Loaded).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(CSharpStages))]
    public void The_inputs_of_a_stage_are_its_script_what_that_loads_and_data_that_they_name(
        string name
    )
    {
        var script = $"scripts/{name}.csx";
        var files = Loaded(script).Prepend(script).ToArray();
        var inputs = PathsOf(Stages[name], "inputs");

        Assert.StartsWith($"dotnet script {script}", $"{Stages[name]["command"]}");
        Assert.Equal(files.Order(), inputs.Where(x => x.EndsWith(".csx")).Order());
        // A script may name one file for both systems, and a directory.
        var text = string.Concat(files.Select(Committed));
        Assert.All(
            inputs.Except(files),
            input =>
                Assert.Contains(
                    new[]
                    {
                        input,
                        Regex.Replace(input, "(boom|kowalski)", "{system}"),
                        $"\"{input.Split('/')[0]}\"",
                    },
                    text.Contains
                )
        );
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stage_is_a_command_of_the_system_in_one_line(string name)
    {
        var stage = (YamlMappingNode)Stages[name];
        var keys = string.Join(' ', stage.Children.Keys);

        Assert.Matches(
            "^kind description environment command (frozen )?(iterate_over )?(inputs )?outputs$",
            keys
        );
        Assert.Equal(("command", "_system"), ($"{stage["kind"]}", $"{stage["environment"]}"));
        // DVC takes ${…} for its own.
        Assert.DoesNotMatch(@"\n|\$\{", $"{stage["command"]}".TrimEnd());
    }

    [Fact]
    public void Every_output_but_the_logs_is_kept_in_git_and_stays_until_it_is_replaced()
    {
        var outputs = Stages
            .Where(stage => CalkitYaml.Child(stage.Value, "frozen") == null)
            .SelectMany(stage => (YamlSequenceNode)stage.Value["outputs"]);

        Assert.All(
            outputs,
            output =>
                Assert.Equal(
                    ("git", "false"),
                    ($"{output["storage"]}", $"{output["delete_before_run"]}")
                )
        );
    }

    [Fact]
    public void An_input_is_the_output_of_a_stage_before_or_a_file_of_the_project()
    {
        var (names, made) = (new HashSet<string>(), new HashSet<string>());
        var all = Stages.SelectMany(stage => PathsOf(stage.Value, "outputs")).ToHashSet();
        foreach (var (name, stage) in Stages)
        {
            var needed = PathsOf(stage, "inputs").Except(made).ToArray();
            Assert.DoesNotContain(needed, all.Contains);
            Assert.All(needed, x => Assert.True(File.Exists(Path.Combine(Root, x)), x));
            Assert.Subset(names, StagesOf(stage).ToHashSet());
            names.Add($"{name}");
            made.UnionWith(PathsOf(stage, "outputs"));
        }
    }

    [Fact]
    public void No_two_outputs_are_or_contain_each_other()
    {
        var outputs = Stages.SelectMany(stage => PathsOf(stage.Value, "outputs")).ToArray();

        Assert.All(
            outputs,
            one => Assert.Single(outputs, other => $"{other}/".StartsWith($"{one}/"))
        );
    }

    [Theory]
    [InlineData("datasets")]
    [InlineData("results")]
    [InlineData("figures")]
    [InlineData("publications")]
    public void What_calkit_shows_is_an_output_of_the_stage_that_it_names(string kind)
    {
        foreach (var shown in List(root, kind))
            if (CalkitYaml.Child(shown, "stage") is { } stage)
                Assert.Contains($"{shown["path"]}", PathsOf(Stages[stage], "outputs"));
    }

    [Fact]
    public void Every_command_of_the_readme_is_one_that_ci_runs()
    {
        static string OneLine(string text) => Regex.Replace(text.Replace("\\\n", " "), @"\s+", " ");
        var ci = OneLine(Committed(".ci/run")).Replace("\"$scratch/", "").Replace("\"", "");
        var commands = Regex
            .Matches(Committed("README.md"), @"(?m)(?:^ +|`)(dotnet [^`\n]+)")
            .Select(command => command.Groups[1].Value.Trim())
            .ToArray();

        Assert.True(commands.Length > 5);
        // latexmk stands in CI with more options.
        Assert.All(commands, command => Assert.Contains(command, ci));
    }
}
