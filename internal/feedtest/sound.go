package feedtest

import (
	"bytes"
	"encoding/binary"
	"math"
	"sync"
)

const (
	chimeRate    = 11025 // samples a second
	chimeSeconds = 6

	// ChimeLength is the size of every sample recording, in bytes: what the sample feeds name as an enclosure's length.
	ChimeLength = 44 + 2*chimeRate*chimeSeconds
)

// chimeWAV is the only recording of the sample podcast: a few bells, mono, 16 bits.
var chimeWAV = sync.OnceValue(func() []byte {
	var buf bytes.Buffer
	const data = ChimeLength - 44
	buf.WriteString("RIFF")
	put := func(vs ...any) {
		for _, v := range vs {
			binary.Write(&buf, binary.LittleEndian, v) //nolint:errcheck // a bytes.Buffer takes everything
		}
	}
	put(uint32(36 + data))
	buf.WriteString("WAVEfmt ")
	put(uint32(16), uint16(1), uint16(1), uint32(chimeRate), uint32(2*chimeRate), uint16(2), uint16(16))
	buf.WriteString("data")
	put(uint32(data))
	notes := []float64{392, 523.25, 659.25, 493.88, 587.33, 784}
	for i := range chimeRate * chimeSeconds {
		t := float64(i) / chimeRate
		var v float64
		for n, f := range notes {
			if since := t - 0.7*float64(n); since >= 0 {
				v += math.Sin(2*math.Pi*f*since) * math.Exp(-2.5*since) * math.Min(1, since*200)
			}
		}
		put(int16(v * 9000))
	}
	return buf.Bytes()
})
