using System.Text.Json.Nodes;

public sealed class JsonFileTests : IDisposable
{
    readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    JsonFile Json(string text)
    {
        File.WriteAllText(file, text);
        return JsonFile.Read(file);
    }

    // The error of reading a number, a mapping or a list.
    string Error(Action read)
    {
        var error = Assert.Throws<InvalidDataException>(read);
        Assert.StartsWith(file + ":", error.Message);
        Assert.Equal(Screen.OneLine(error.Message), error.Message);
        return error.Message[(file.Length + 1)..];
    }

    [Fact]
    public void A_field_is_found_by_its_path()
    {
        var json = Json("""{"a": {"b": 1.5, "c": {"x": "7", "y": 8}, "d": [1, "3"], "e": null}}""");

        Assert.Equal(1.5, json.Number("a.b"));
        Assert.Equal(["x=7", "y=8"], json.Texts("a.c").Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal("1, 3", json.List("a.d"));
        foreach (var missing in new[] { "a.e", "a.b.c", "a.d.x", "x", "a.e.f" })
        {
            Assert.Null(json.Number(missing));
            Assert.Null(json.List(missing));
            Assert.Empty(json.Texts(missing));
        }
    }

    // It is not printed either, which would take memory by the gigabyte.
    [Fact]
    public void Lists_in_the_place_of_the_number_of_alerts_are_an_error()
    {
        var nested = Json("""{"n_alerts": [[1, 1], [1, 1]]}""");

        var error = Assert.Throws<InvalidDataException>(() =>
            JsonFile.RefuseOtherRuns(nested, nested)
        );

        Assert.EndsWith("n_alerts is a Array, expected a text or a number", error.Message);
    }

    [Theory]
    [InlineData("n_alerts", """{"n_alerts": 1}""", """{"n_alerts": 2}""")]
    [InlineData("boom.setup", """{"boom": {"setup": "1"}}""", """{"boom": {"setup": "2"}}""")]
    [InlineData(
        "kowalski.setup",
        """{"kowalski": {"setup": "1"}}""",
        """{"kowalski": {"setup": "2"}}"""
    )]
    public void Results_of_two_nights_or_setups_are_refused(string field, string one, string other)
    {
        var (factor, rubin) = (Json(one), new JsonFile("rubin", JsonNode.Parse(other)));

        JsonFile.RefuseOtherRuns(factor, factor);
        var error = Assert.Throws<InvalidDataException>(() =>
            JsonFile.RefuseOtherRuns(factor, rubin)
        );
        Assert.StartsWith($"{file} has the {field} 1, but rubin 2: choose", error.Message);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("3")]
    public void What_is_no_mapping_has_no_fields(string text) =>
        Assert.Null(Json(text).Number("a"));

    [Fact]
    public void A_missing_file_has_no_fields() =>
        Assert.Null(JsonFile.Read(file + ".none").Number("a"));

    [Theory]
    [InlineData("\"6\"")]
    [InlineData("true")]
    [InlineData("[6]")]
    [InlineData("{\"median\": 6}")]
    [InlineData("1e16")]
    [InlineData("-1e300")]
    [InlineData("1e999")]
    [InlineData("\"\\u001b[2J\\u202e\"")]
    [InlineData("\"\\ud800\"")]
    public void What_is_no_number_is_an_error_that_names_the_field(string value) =>
        Assert.Contains("a is ", Error(() => Json($"{{\"a\": {value}}}").Number("a")));

    [Theory]
    [InlineData("{\"x\": null}")]
    [InlineData("{\"x\": [1]}")]
    [InlineData("{\"x\": \"\\ud800\"}")]
    [InlineData("{\"\\ud800\": 1}")]
    [InlineData("3")]
    public void What_is_no_mapping_of_texts_is_an_error(string value) =>
        Error(() => Json($"{{\"a\": {value}}}").Texts("a"));

    [Theory]
    [InlineData("[null]")]
    [InlineData("[[1]]")]
    [InlineData("[\"\\ud800\"]")]
    [InlineData("3")]
    [InlineData("{}")]
    public void What_is_no_list_of_texts_is_an_error(string value) =>
        Error(() => Json($"{{\"a\": {value}}}").List("a"));

    [Theory]
    [InlineData("", "1: ")]
    [InlineData("{\n\"a\": 6,\n", "3: ")]
    [InlineData("{\"a\": NaN}", "1: ")]
    [InlineData("{\"a\": 1, \"a\": 2}", "1: ")]
    [InlineData("{\"\\ud800\": 1}", "1: ")]
    public void What_is_not_json_is_an_error_with_its_line(string text, string expected) =>
        Assert.StartsWith(expected, Error(() => Json(text).Number("a")));

    [Fact]
    public void What_is_deep_is_an_error() =>
        Error(() => Json(new string('[', 100_000)).Number("a"));

    [Theory]
    [InlineData("results/factor.json")]
    [InlineData("results/rubin.json")]
    public void Mutants_of_the_projects_results_are_read_or_are_an_error_of_one_line(string results)
    {
        var text = File.ReadAllText(Path.Combine(ScratchProject.Root, results));
        Mutants.Read(
            text,
            (
                "{¦}¦[¦]¦,¦:¦\"¦null¦true¦1e999¦1e300¦-¦.¦\\¦\"\\ud800\"¦\\udc00¦"
                + "\\u001b¦\\u0000¦\"x\": 1,¦\"median\": \"6\",¦//¦/*¦NaN¦[[[[[[¦\0¦"
                + "\u2028¦\n¦\ud800"
            ).Split('¦'),
            file,
            () =>
            {
                var json = JsonFile.Read(file);
                foreach (
                    var field in new[]
                    {
                        "boom_throughput_factor",
                        "boom.wall_time_s.median",
                        "n_alerts",
                    }
                )
                    json.Number(field);
                json.Texts("boom.configuration");
                json.List("boom_alert_workers");
            },
            file
        );
    }
}
