package picture

import (
	"bytes"
	"encoding/binary"
)

// complete tells whether a picture is there to its end. It walks over its parts without unpacking them. What stands behind the
// end is nobody's business: browsers don't look at it, and cameras put films there.
func complete(kind Kind, data []byte) bool {
	switch kind {
	case PNG:
		return completePNG(data)
	case JPEG:
		return completeJPEG(data)
	case GIF:
		return completeGIF(data)
	case WebP: // RIFF: the size of all that follows
		return uint64(len(data)) >= 8+uint64(binary.LittleEndian.Uint32(data[4:]))
	}
	return false
}

// completePNG looks for the chunk IEND (PNG, §5.3).
func completePNG(data []byte) bool {
	for rest := data[8:]; len(rest) >= 12; {
		size := uint64(binary.BigEndian.Uint32(rest))
		if uint64(len(rest)) < 12+size {
			return false
		}
		if string(rest[4:8]) == "IEND" {
			return true
		}
		rest = rest[12+size:]
	}
	return false
}

// completeJPEG looks for the marker EOI outside of segments (ITU-T T.81, Annex B).
func completeJPEG(data []byte) bool {
	for rest := data[2:]; ; {
		marker, after, ok := nextMarker(rest)
		if !ok {
			return false
		}
		if marker == eoi {
			return true
		}
		_, rest = segment(marker, after)
	}
}

const (
	sos  = 0xDA // start of scan: what is compressed follows
	eoi  = 0xD9 // end of image
	app1 = 0xE1 // of EXIF, among others
)

// nextMarker finds the next marker in what is left of a JPEG. 0xFF is one unless 0 or another 0xFF follows.
func nextMarker(rest []byte) (marker byte, after []byte, ok bool) {
	for {
		i := bytes.IndexByte(rest, 0xFF)
		if i < 0 || i+1 >= len(rest) {
			return 0, nil, false
		}
		if rest = rest[i+1:]; rest[0] != 0 && rest[0] != 0xFF {
			return rest[0], rest[1:], true
		}
	}
}

// segment parts what a marker's segment holds from what comes after it; some markers have none.
func segment(marker byte, after []byte) (held, rest []byte) {
	if marker >= 0xD0 && marker <= 0xD8 || marker == 0x01 {
		return nil, after
	}
	if len(after) < 2 {
		return nil, nil
	}
	size := max(2, int(binary.BigEndian.Uint16(after)))
	if len(after) < size {
		return nil, nil
	}
	return after[2:size], after[size:]
}

// completeGIF looks for the trailer behind the blocks (GIF89a, Appendix B).
func completeGIF(data []byte) bool {
	if len(data) < 13 {
		return false
	}
	rest, ok := skip(data[13:], colours(data[10]))
	for ok && len(rest) > 0 {
		block := rest[0]
		rest = rest[1:]
		switch block {
		case 0x3B:
			return true
		case 0x21: // an extension: its label, then sub-blocks
			rest, ok = skip(rest, 1)
		case 0x2C: // a picture: place and size, perhaps its own colours, one byte, then sub-blocks
			if len(rest) < 9 {
				return false
			}
			rest, ok = skip(rest, 9+colours(rest[8])+1)
		default:
			return false
		}
		for size := 1; ok && size > 0; {
			if len(rest) == 0 {
				return false
			}
			size = int(rest[0])
			rest, ok = skip(rest, 1+size)
		}
	}
	return false
}

// colours is how many bytes the table of colours takes that the flags tell of.
func colours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

func skip(b []byte, n int) ([]byte, bool) {
	if len(b) < n {
		return nil, false
	}
	return b[n:], true
}

// orientation is how a JPEG is to be turned, by its EXIF data: 1 to 8 (EXIF 2.3, tag 274); 1 when it doesn't say.
func orientation(data []byte) int {
	for rest := data[2:]; ; {
		marker, after, ok := nextMarker(rest)
		if !ok || marker == sos || marker == eoi {
			return 1
		}
		var held []byte
		held, rest = segment(marker, after)
		if tiff, ok := bytes.CutPrefix(held, []byte("Exif\x00\x00")); ok && marker == app1 {
			return orientationIn(tiff)
		}
	}
}

// orientationIn reads the first directory of a TIFF (TIFF 6.0, §2).
func orientationIn(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	dir := uint64(order.Uint32(tiff[4:]))
	if dir+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[dir+2:]
	for range order.Uint16(tiff[dir:]) {
		if len(entries) < 12 {
			break
		}
		const tag, short = 274, 3
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			break
		}
		entries = entries[12:]
	}
	return 1
}
