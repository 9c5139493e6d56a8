// Package feedtest is test support: a feed server with manners and tempers, sample feeds, and a small invented community of
// blogs. Tests import it, and the command "planet demo", which serves the community on loopback.
//
// It imports no testing package, whose flags would otherwise reach the planet command.
package feedtest

// TB is what feedtest needs of a *testing.T.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}
