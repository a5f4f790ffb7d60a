// Command stanna tells a customer-success team in Slack which customers need
// them now. See the README, or `stanna --help`.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // zones, also in a container that has none

	"github.com/alecthomas/kong"
)

type cli struct {
	Serve   serveCmd   `cmd:"" help:"Run the server."`
	Demo    demoCmd    `cmd:"" help:"Run a server, a Slack of its own and a story, to see what it does."`
	Sandbox sandboxCmd `cmd:"" help:"Run a Slack of our own on loopback, for trying out any Slack app."`
	Import  importCmd  `cmd:"" help:"Send a file of clients (CSV) or signals (NDJSON) to a running server."`
	Explain explainCmd `cmd:"" help:"Say why people were told of a client, or why not: every question that a rule asked, with its figures."`
	Keys    keysCmd    `cmd:"" help:"Make, list and revoke API keys."`
	Keyset  keysetCmd  `cmd:"" help:"Make and rotate the keys that seal secrets."`
	User    userCmd    `cmd:"" help:"Invite people and make sign-in links."`
	Slack   slackCmd   `cmd:"" help:"The Slack app's manifest, and connecting with a pasted token."`
	Audit   auditCmd   `cmd:"" help:"Verify and export the audit trail."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to date, as the server does when it starts."`
	Config  configCmd  `cmd:"" help:"Show the effective configuration, secrets hidden."`
	Version versionCmd `cmd:"" help:"Show the version."`
}

// console is where a command reads and writes.
type console struct {
	in       io.Reader
	out, err io.Writer
}

func main() { os.Exit(run(os.Args[1:], console{os.Stdin, os.Stdout, os.Stderr})) }

// run is the whole program but for the process around it.
func run(args []string, c console) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var commands cli
	code := -1
	parser, err := kong.New(&commands, kong.Name("stanna"),
		kong.Description("Tells a customer-success team in Slack which customers need them now, why, and what to do about it."),
		kong.UsageOnError(), kong.Writers(c.out, c.err), kong.Exit(func(n int) { code = n }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c))
	if err != nil {
		fmt.Fprintln(c.err, "stanna:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if code >= 0 { // --help has answered
		return code
	}
	if err != nil {
		fmt.Fprintln(c.err, "stanna:", err)
		return 2
	}
	if err := command.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(c.err, "stanna:", err)
		return 1
	}
	return 0
}

type versionCmd struct{}

// Run prints the version that was built, from the module or the commit.
func (versionCmd) Run(c console) error {
	_, err := fmt.Fprintln(c.out, "stanna", version())
	return err
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	if v == "" || v == "(devel)" {
		v = "development"
	}
	return v + " " + info.GoVersion
}
