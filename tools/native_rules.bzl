"""A repository whose rules are those that Bazel has built in."""

def _native_rules(ctx):
    ctx.file(ctx.attr.package + "/BUILD")
    ctx.file(
        ctx.attr.package + "/defs.bzl",
        "\n".join(["{0} = native.{0}".format(rule) for rule in ctx.attr.rules]),
    )

native_rules = repository_rule(
    implementation = _native_rules,
    attrs = {
        "package": attr.string(doc = "Where `defs.bzl` is to be."),
        "rules": attr.string_list(doc = "Names of the rules that it has."),
    },
    doc = "Stands in for a repository that would be fetched: nothing is.",
)
