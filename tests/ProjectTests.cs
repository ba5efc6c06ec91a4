using System.Text.RegularExpressions;
using System.Xml.Linq;
using YamlDotNet.RepresentationModel;

/// <summary>What the files of the project must agree on.</summary>
public class ProjectTests
{
    static string Read(string file) => File.ReadAllText(Path.Combine(ScratchProject.Root, file));

    public static TheoryData<string> Scripts =>
        [
            .. Directory
                .GetFiles(Path.Combine(ScratchProject.Root, "scripts"))
                .Select(file => Path.GetFileNameWithoutExtension(file)),
        ];

    // All scripts but the one that is no stage.
    public static TheoryData<string> Stages =>
        [.. Scripts.Cast<object[]>().Select(x => (string)x[0]).Except(["explore"])];

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

        Assert.NotEmpty(named);
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

    [Theory]
    [MemberData(nameof(Stages))]
    public void The_stage_of_a_script_has_its_name_and_all_its_files_among_the_inputs(string script)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Read("calkit.yaml")));
        var stage = yaml.Documents[0].RootNode["pipeline"]["stages"][script];
        var inputs = ((YamlSequenceNode)stage["inputs"])
            .OfType<YamlScalarNode>()
            .Select(input => input.Value!);

        Assert.StartsWith($"dotnet script scripts/{script}.csx", stage["command"].ToString());
        string[] needed =
        [
            .. WithLoaded($"scripts/{script}.csx"),
            "global.json",
            ".config/dotnet-tools.json",
        ];
        Assert.Empty(needed.Except(inputs));
    }

    static IEnumerable<string> WithLoaded(string file) =>
        Regex
            .Matches(Read(file), "^#load \"(.+)\"", RegexOptions.Multiline)
            .Select(load => Path.Combine(Path.GetDirectoryName(file)!, load.Groups[1].Value))
            .Select(loaded => Path.GetRelativePath(".", loaded).Replace('\\', '/'))
            .SelectMany(WithLoaded)
            .Prepend(file);
}
