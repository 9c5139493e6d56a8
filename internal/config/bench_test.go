package config

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkParse reads a planet of ten thousand feeds.
func BenchmarkParse(b *testing.B) {
	var y strings.Builder
	y.WriteString("title: Large\nurl: https://planet.example/\nfeeds:\n")
	for i := range 10_000 {
		fmt.Fprintf(&y, "  - name: Blogger %d\n    url: https://blog%d.example/feed.xml\n", i, i)
		y.WriteString("    groups: [gluster]\n    keep: [{category: gluster}, {title: \"(?i)gluster\"}]\n")
	}
	data := []byte(y.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("feeds.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
