using System.Net.Sockets;

/// <summary>What may stand in the place of a log.</summary>
public sealed class CollectorTests : IDisposable
{
    readonly ScratchProject project = new();
    readonly List<Socket> sockets = [];

    public void Dispose()
    {
        sockets.ForEach(socket => socket.Dispose());
        project.Dispose();
    }

    // Makes something called x.log. Returns its path.
    string Make(string kind)
    {
        var path = project.PathOf("x.log");
        switch (kind)
        {
            case "pipe":
                ScratchProject.Start("mkfifo", project.Directory, [path]);
                break;
            case "socket":
                sockets.Add(new Socket(AddressFamily.Unix, SocketType.Stream, 0));
                sockets[^1].Bind(new UnixDomainSocketEndPoint(path));
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            default:
                File.CreateSymbolicLink(path, kind);
                break;
        }
        return path;
    }

    static RunLogs LogsIn(string directory) =>
        new(
            new SweepRun(directory, ["benchmark-x"], new Dictionary<string, string>()),
            NAlerts: 1,
            "x.log"
        );

    public static TheoryData<string> Kinds =>
        new(
            "pipe",
            "socket",
            "directory",
            "/dev/zero",
            "/dev/tty",
            "/proc/self/status",
            "/nowhere",
            "x.log" // a link to itself
        );

    [LinuxTheory]
    [MemberData(nameof(Kinds))]
    public void In_the_place_of_a_required_log_it_is_an_error_at_once(string kind)
    {
        var path = Make(kind);

        Assert.Null(LogsIn(project.Directory).Missing);
        var reading = Task.Run(() => Record.Exception(() => BoomLog.Read(path, "scheduler")));
        Assert.True(reading.Wait(TimeSpan.FromSeconds(10)), "it waits");
        var error = Assert.IsType<InvalidDataException>(reading.Result);
        Assert.StartsWith(path, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [LinuxTheory]
    [MemberData(nameof(Kinds))]
    public void In_the_place_of_an_optional_log_it_is_a_blank_and_a_note(string kind)
    {
        var path = Make(kind);
        var logs = LogsIn(project.Directory);

        var reading = Task.Run(() => logs.Optional("x.log", KafkaIngest.Read));
        Assert.True(reading.Wait(TimeSpan.FromSeconds(10)), "it waits");
        Assert.Null(reading.Result);
        var (what, first) = Assert.Single(logs.Notes);
        Assert.Equal("x.log is not understood", what);
        Assert.StartsWith(path, first);
    }

    [Fact]
    public void A_log_that_does_not_exist_is_missing()
    {
        var logs = LogsIn(project.PathOf("nowhere"));

        Assert.Null(logs.Optional("y.log", KafkaIngest.Read));
        Assert.Equal(project.PathOf("nowhere/x.log"), logs.Missing);
        Assert.Equal([("no y.log", project.PathOf("nowhere/y.log"))], logs.Notes);
    }
}
