package feedtest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// serveContent answers as a good web server does: strong validators, 304, ranges, gzip for those who take it.
func serveContent(w http.ResponseWriter, r *http.Request, contentType string, modified time.Time, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-cache")
	tag := etag(body)
	if compressible(contentType) {
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = Gzip(body)
			tag = strings.TrimSuffix(tag, `"`) + `-gzip"` // other bytes, another strong tag (RFC 9110 §8.8.3.3)
		}
	}
	h.Set("ETag", tag)
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
}

func compressible(contentType string) bool {
	return !strings.HasPrefix(contentType, "image/") && !strings.HasPrefix(contentType, "audio/")
}

// etag is a strong validator made from the bytes.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// Gzip compresses a body; equal bodies give equal bytes.
func Gzip(body []byte) []byte {
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	zw.Write(body) //nolint:errcheck // a bytes.Buffer takes everything
	zw.Close()     //nolint:errcheck
	return buf.Bytes()
}
