using System.Net.Sockets;

public sealed class DataFileTests : IDisposable
{
    readonly ScratchProject project = new();

    public void Dispose() => project.Dispose();

    // The error, which must begin with the file.
    string Error(string file)
    {
        var path = project.PathOf(file);
        var error = Assert.Throws<InvalidDataException>(() =>
            DataFile.ReadText(path, mostBytes: 100, "; go and get it")
        );
        Assert.Throws<InvalidDataException>(() => DataFile.Open(path).Dispose());
        Assert.StartsWith(path, error.Message);
        return error.Message;
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("missing/file")]
    [InlineData("file/within")]
    [InlineData("nul\0")]
    public void A_missing_file_is_an_error_with_the_advice(string file)
    {
        project.Write("file", "");

        Assert.EndsWith("does not exist; go and get it", Error(file));
    }

    [Fact]
    public void A_directory_is_an_error() => Assert.Contains("is a directory", Error("."));

    [LinuxFact]
    public void A_link_that_leads_nowhere_is_an_error()
    {
        File.CreateSymbolicLink(project.PathOf("dangling"), "nowhere");
        File.CreateSymbolicLink(project.PathOf("round"), "round");

        Assert.Contains("does not exist", Error("dangling"));
        Assert.Contains("can't be read", Error("round"));
    }

    [LinuxFact]
    public void A_named_pipe_without_a_writer_is_an_error_and_is_not_waited_for()
    {
        ScratchProject.Start("mkfifo", project.Directory, ["pipe"]);

        Assert.Contains("is a pipe or a device", Error("pipe"));
    }

    [LinuxTheory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    [InlineData("/dev/urandom")]
    [InlineData("/dev/full")]
    public void A_device_is_an_error(string device) => Error(device);

    [LinuxFact]
    public void A_socket_is_an_error()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, 0);
        socket.Bind(new UnixDomainSocketEndPoint(project.PathOf("socket")));

        Error("socket");
    }

    [LinuxFact]
    public void A_file_that_may_not_be_read_is_an_error()
    {
        project.Write("secret", "");
        project.MakeUnreadable("secret");

        Assert.Contains("can't be read", Error("secret"));
    }

    [LinuxFact]
    public void A_file_of_proc_ends_where_it_says_so() =>
        Assert.Equal("", DataFile.ReadText("/proc/self/maps", 100));

    [Fact]
    public void A_text_is_read_up_to_its_largest_size()
    {
        project.Write("text", new string('x', 100));
        Assert.Equal(100, DataFile.ReadText(project.PathOf("text"), 100).Length);

        project.Write("text", new string('x', 101));
        var error = Assert.Throws<InvalidDataException>(() =>
            DataFile.ReadText(project.PathOf("text"), 100)
        );
        Assert.Contains("101 bytes", error.Message);
    }

    [Fact]
    public void A_byte_order_mark_and_what_is_not_utf8_do_not_matter()
    {
        project.Write("text", [0xef, 0xbb, 0xbf, (byte)'a', 0xff, (byte)'b']);

        Assert.Equal("a\ufffdb", DataFile.ReadText(project.PathOf("text"), 100));
    }
}
