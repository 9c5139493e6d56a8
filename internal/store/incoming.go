package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"sync"

	"github.com/klauspost/compress/zstd"

	"planet/internal/planet"
)

// An Incoming is an item on its way into the store.
type Incoming struct {
	Item  planet.Item
	Hash  [sha256.Size]byte // of the item as it was parsed
	Slice Slice             // by which the store is to know it; zero: by none
	Entry *planet.Entry     // the item cleaned; nil when the store has the item already, unchanged
	raw   []byte            // json
}

// Incomings prepares parsed items, in the document's order.
func Incomings(items []planet.Item) ([]Incoming, error) {
	out := make([]Incoming, len(items))
	for i, it := range items {
		raw, err := encode(it)
		if err != nil {
			return nil, err
		}
		out[i] = Incoming{Item: it, Hash: sha256.Sum256(raw), raw: raw}
	}
	return out, nil
}

func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// Settled takes the entry made of the item, and packs the item itself away for a later version's cleaning.
func (in *Incoming) Settled(e planet.Entry) {
	in.Entry = &e
	in.raw = packer().EncodeAll(in.raw, nil)
	if in.Item.GUID != "" { // else what it says is who it is
		in.Item.Content.Body, in.Item.Summary.Body = "", ""
	}
}

var packer = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
})

var unpacker = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

func unpack(raw []byte) (planet.Item, error) {
	var it planet.Item
	text, err := unpacker().DecodeAll(raw, nil)
	if err != nil {
		return it, err
	}
	return it, json.Unmarshal(text, &it)
}
