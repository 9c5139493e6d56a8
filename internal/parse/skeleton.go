package parse

import "bytes"

// A skeleton is the document without what the scan has read itself.
type skeleton struct {
	doc  []byte
	out  bytes.Buffer
	done int64 // so much of doc is in out, or cut
}

func (k *skeleton) cut(from, to int64) {
	if from >= k.done && to > from {
		k.out.Write(k.doc[k.done:from])
		k.done = to
	}
}

// startTag adds a declaration to the start tag between from and to, and hides its xml:base: gofeed would rewrite ids and
// links with it, and takes a base with a file name for a folder.
func (k *skeleton) startTag(from, to int64, declaration string) {
	tag := k.doc[from:to]
	if declaration == "" && !bytes.Contains(tag, []byte("xml:base")) {
		return
	}
	k.cut(from, to)
	end := bytes.TrimRight(tag, "/>")
	k.out.Write(bytes.ReplaceAll(end, []byte("xml:base"), []byte("xml-base")))
	k.out.WriteString(declaration)
	k.out.Write(tag[len(end):])
}

func (k *skeleton) bytes() []byte {
	if k.done == 0 {
		return k.doc
	}
	k.out.Write(k.doc[k.done:])
	return k.out.Bytes()
}
