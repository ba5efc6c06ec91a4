using System.Diagnostics;

/// <summary>Whole files, all or none.</summary>
public sealed class WriteTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    string PathOf(string file) => project.PathOf(file);

    string[] Files(string directory = ".") =>
        Directory
            .GetFileSystemEntries(PathOf(directory))
            .Select(file => Path.GetFileName(file)!)
            .Order()
            .ToArray();

    // The error; it must name the file.
    string Error(string culprit, params (string Path, string Text)[] files)
    {
        var error = Assert.Throws<InvalidDataException>(() => Script.Write(files));
        Assert.StartsWith(culprit + ": can't be written: ", error.Message);
        return error.Message;
    }

    [Fact]
    public void Directories_are_made_and_nothing_else_stands_there_afterwards()
    {
        Script.Write((PathOf("a/b/one"), "1é\n"), (PathOf("a/two"), "2"));

        Assert.Equal("1é\n"u8.ToArray(), File.ReadAllBytes(PathOf("a/b/one")));
        Assert.Equal(["one"], Files("a/b"));
        Assert.Equal(["b", "two"], Files("a"));
    }

    [Fact]
    public void Where_one_file_can_not_be_written_none_is_and_nothing_remains()
    {
        project.Write("one", "old");
        project.Write("file", "");
        Directory.CreateDirectory(PathOf("directory"));

        foreach (var bad in new[] { "directory", "file/within", "file/with/in" })
            Error(PathOf(bad), (PathOf("one"), "new"), (PathOf(bad), ""), (PathOf("three"), ""));

        Assert.Equal("old", project.Read("one"));
        Assert.Equal(["directory", "file", "one"], Files());
    }

    [LinuxFact]
    public void A_directory_that_may_not_be_written_leaves_the_old_files_whole()
    {
        project.Write("one", "old");
        project.MakeUnwritable("locked");

        Error(PathOf("locked/two"), (PathOf("one"), "new"), (PathOf("locked/two"), "new"));

        Assert.Equal("old", project.Read("one"));
        Assert.Equal(["locked", "one"], Files());
    }

    // The third file makes a directory where the second belongs, which is seen when it is moved there.
    [Fact]
    public void Where_a_later_file_can_not_be_moved_the_earlier_ones_are_the_old_ones_again()
    {
        project.Write("one", "old");

        Error(
            PathOf("two"),
            (PathOf("one"), "new"),
            (PathOf("was-not"), "new"),
            (PathOf("two"), "new"),
            (PathOf("two/three"), "new")
        );

        Assert.Equal("old", project.Read("one"));
        Assert.Equal(["one", "two"], Files());
        Assert.Empty(Files("two"));
    }

    [LinuxFact]
    public void A_link_that_was_replaced_is_a_link_again_where_a_later_file_can_not_be_moved()
    {
        foreach (var (link, target) in new[] { ("link", "precious"), ("dangling", "nowhere") })
            File.CreateSymbolicLink(PathOf(link), target);
        project.Write("precious", "old");

        Error(
            PathOf("two"),
            (PathOf("link"), "new"),
            (PathOf("dangling"), "new"),
            (PathOf("two"), "new"),
            (PathOf("two/three"), "new")
        );

        Assert.Equal("precious", new FileInfo(PathOf("link")).LinkTarget);
        Assert.Equal("nowhere", new FileInfo(PathOf("dangling")).LinkTarget);
        Assert.Equal("old", project.Read("precious"));
        Assert.Equal(["dangling", "link", "precious", "two"], Files());
    }

    [LinuxFact]
    public void A_full_disk_leaves_the_old_file_whole()
    {
        project.CopyFromRoot("results");
        var old = project.Read("results/factor.json");

        // No file of more than 0 blocks: what a full disk is, too.
        var outcome = ScratchProject.Start(
            "bash",
            project.Directory,
            [
                "-c",
                $"trap '' XFSZ; ulimit -f 0; {ScratchProject.CommandOf("compute-factor", "--boom", "n_alert_workers=3,n_ml_workers=3,n_filter_workers=3", "--kowalski", "n_workers=7")}",
            ],
            ("DOTNET_EnableWriteXorExecute", "0"),
            ("DOTNET_EnableDiagnostics", "0")
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("ERROR: results/factor.json: can't be written: ", outcome.Error);
        Assert.Equal(old, project.Read("results/factor.json"));
        Assert.DoesNotContain(Files("results"), file => file.EndsWith(".tmp"));
    }

    [LinuxFact]
    public void A_file_that_is_read_only_is_an_error_and_stays()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        project.Write("one", "old");
        File.SetUnixFileMode(PathOf("one"), UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Contains("read-only", Error(PathOf("one"), (PathOf("one"), "new")));

        Assert.Equal("old", project.Read("one"));
        Assert.Equal(["one"], Files());
    }

    [LinuxFact]
    public void The_mode_of_a_file_is_kept()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        foreach (var octal in new[] { "600", "644", "664", "755" })
        {
            var mode = (UnixFileMode)Convert.ToInt32(octal, 8);
            project.Write("one", "old");
            File.SetUnixFileMode(PathOf("one"), mode);

            Script.Write((PathOf("one"), "new"));

            Assert.Equal(mode, File.GetUnixFileMode(PathOf("one")));
            File.Delete(PathOf("one"));
        }
    }

    [LinuxFact]
    public void A_link_a_pipe_or_a_second_name_in_a_files_place_is_replaced_and_not_written_to()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        project.Write("precious", "old");
        File.SetUnixFileMode(PathOf("precious"), (UnixFileMode)Convert.ToInt32("4777", 8));
        File.CreateSymbolicLink(PathOf("link"), PathOf("precious"));
        File.CreateSymbolicLink(PathOf("dangling"), PathOf("nowhere"));
        ScratchProject.Start("ln", project.Directory, ["precious", "second"]);
        ScratchProject.Start("mkfifo", project.Directory, ["pipe"]);

        foreach (var file in new[] { "link", "dangling", "second", "pipe" })
        {
            Script.Write((PathOf(file), "new"));

            Assert.Equal("new", project.Read(file));
            Assert.Null(new FileInfo(PathOf(file)).LinkTarget);
        }

        Assert.Equal("old", project.Read("precious"));
        Assert.Equal(
            UnixFileMode.None,
            File.GetUnixFileMode(PathOf("link")) & (UnixFileMode.SetUser | UnixFileMode.OtherWrite)
        );
        Assert.Equal(["dangling", "link", "pipe", "precious", "second"], Files());
    }

    [LinuxFact]
    public void What_stands_at_the_names_of_temporary_files_is_not_followed()
    {
        project.Write("precious", "old");
        foreach (var name in new[] { "one.tmp", ".one.tmp", $".one.{Environment.ProcessId}.tmp" })
            File.CreateSymbolicLink(PathOf(name), PathOf("precious"));
        ScratchProject.Start(
            "mkfifo",
            project.Directory,
            [$".one.{Environment.ProcessId}.a.b.tmp"]
        );

        Script.Write((PathOf("one"), "new"));

        Assert.Equal("new", project.Read("one"));
        Assert.Equal("old", project.Read("precious"));
    }

    [LinuxFact]
    public void A_directory_in_the_project_that_is_a_link_is_refused()
    {
        // In the working directory, since elsewhere a link is the user's own.
        var here = $"write-tests-{Guid.NewGuid()}";
        Directory.CreateDirectory($"{here}/inner");
        File.CreateSymbolicLink($"{here}/out", project.Directory);
        File.CreateSymbolicLink($"{here}/dangling", project.PathOf("nowhere"));
        File.CreateSymbolicLink($"{here}/inner/on", "../out");
        File.CreateSymbolicLink($"..{here}", project.Directory);
        string[] files =
        [
            $"{here}/out/one",
            $"{here}/out/new/one",
            $"{here}/dangling/one",
            $"{here}/inner/on/one",
            Path.GetFullPath($"{here}/out/one"),
            $"../{Path.GetFileName(Environment.CurrentDirectory)}/{here}/out/one",
            $"..{here}/one",
        ];
        try
        {
            foreach (var file in files)
                Assert.Contains(" is a link", Error(file, (file, "")));

            Assert.Empty(Files());
            Assert.Equal(["dangling", "inner", "out"], Files(Path.GetFullPath(here)));
        }
        finally
        {
            Directory.Delete(here, recursive: true);
            File.Delete($"..{here}");
        }
    }

    [Fact]
    public void A_directory_that_is_given_as_elsewhere_may_be_elsewhere()
    {
        var file = Path.GetRelativePath(".", PathOf("elsewhere/one"));

        Script.Write((file, "1"), (PathOf("two"), "2"));

        Assert.Equal("1", project.Read("elsewhere/one"));
    }

    [Fact]
    public void What_a_killed_process_left_is_deleted_and_what_a_running_one_writes_is_not()
    {
        using var killed = Process.Start(
            new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true }
        )!;
        killed.WaitForExit();
        string[] stay =
        [
            $".one.{Environment.ProcessId}.abcdefgh.ijk.tmp",
            ".one.notes.of.mine.tmp",
            $".another.{killed.Id}.abcdefgh.ijk.tmp",
            "one.tmp",
        ];
        foreach (var file in stay.Append($".one.{killed.Id}.abcdefgh.ijk.tmp"))
            project.Write(file, "");

        Script.Write((PathOf("one"), ""));

        Assert.Equal(stay.Append("one").Order(), Files());
    }

    [Fact]
    public async Task Many_writers_at_once_neither_fail_nor_tear()
    {
        string Text(int writer) => string.Concat(Enumerable.Repeat($"{writer}\n", 20_000));
        using var done = new CancellationTokenSource();
        Script.Write((PathOf("one"), Text(0)));
        var reader = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                var lines = File.ReadAllLines(PathOf("one"));
                Assert.Equal(20_000, lines.Length);
                Assert.Single(lines.Distinct());
            }
        });

        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(writer =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < 20; i++)
                            Script.Write((PathOf("one"), Text(writer)), (PathOf("two"), "2"));
                    })
                )
        );
        done.Cancel();
        await reader;

        Assert.Equal(["one", "two"], Files());
    }

    [LinuxFact]
    public void Two_processes_that_write_at_once_both_succeed()
    {
        project.CopyFromRoot("results");
        var command = ScratchProject.CommandOf(
            "compute-factor",
            "--boom",
            "n_alert_workers=3,n_ml_workers=3,n_filter_workers=1",
            "--kowalski",
            "n_workers=7"
        );

        var outcome = ScratchProject.Start(
            "bash",
            project.Directory,
            ["-c", $"{command} & first=$!; {command}; echo $?; wait $first; echo $?"]
        );

        Assert.Equal("", outcome.Error);
        Assert.Equal(2, outcome.Out.Split('\n').Count(line => line == "0"));
        Assert.EndsWith("}\n", project.Read("results/factor.json"));
        Assert.DoesNotContain(Files("results"), file => file.EndsWith(".tmp"));
    }
}
