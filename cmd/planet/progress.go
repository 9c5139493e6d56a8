package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far a run is to a person who looks on; clear takes it away. Cron sees nothing of it.
func (p *program) progress() (show func(done, due int), clear func()) {
	if p.quiet || p.verbose > 1 || !p.terminal() {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	show = func(done, due int) {
		if bar == nil {
			bar = progressbar.NewOptions(due,
				progressbar.OptionSetWriter(p.stderr), progressbar.OptionSetDescription("feeds"), progressbar.OptionShowCount(),
				progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
				progressbar.OptionUseANSICodes(os.Getenv("NO_COLOR") == ""), progressbar.OptionSetPredictTime(false))
		}
		_ = bar.Set(done) // a terminal that is gone is no reason to stop
	}
	return show, func() {
		if bar != nil {
			_ = bar.Finish()
		}
	}
}
