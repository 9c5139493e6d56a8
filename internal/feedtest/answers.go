package feedtest

import (
	"html"
	"net/http"
	"strconv"
)

// Redirect sends the client elsewhere, with 301, 302, 303, 307 or 308.
func Redirect(status int, to string) Reply {
	return Status(status).With("Location", to)
}

// Chain redirects n times, each time to the path it is played on with another query, and then plays end.
func Chain(status, n int, end Reply) Reply {
	return Pick(func(r *http.Request) Reply {
		done, _ := strconv.Atoi(r.URL.Query().Get("hop")) // none is 0
		if done >= n {
			return end
		}
		return Redirect(status, "?hop="+strconv.Itoa(done+1))
	})
}

// Loop redirects from path to path?hop=1 … path?hop=N-1 and back, for ever; a Loop of one redirects to itself.
func Loop(status, n int) Reply {
	return Pick(func(r *http.Request) Reply {
		done, _ := strconv.Atoi(r.URL.Query().Get("hop"))
		return Redirect(status, "?hop="+strconv.Itoa((done+1)%n))
	})
}

// NotModified is a 304, asked for or not; With gives it new validators and freshness.
func NotModified() Reply { return Reply{Status: http.StatusNotModified} }

// Partial is a 226 that holds only the entries of doc (RFC 3229).
func Partial(doc []byte) Reply {
	r := Bare(doc).With("IM", "feed")
	r.Status = http.StatusIMUsed
	return r
}

// Later is a 429 or 503 with Retry-After: seconds, a date or garbage.
func Later(status int, retryAfter string) Reply {
	return Status(status).With("Retry-After", retryAfter)
}

// Page is an HTML page; head is the markup that its head holds beside the title.
func Page(title, head string) Reply {
	return Reply{Body: []byte(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>` + html.EscapeString(title) + "</title>" + head +
		"</head><body><h1>" + html.EscapeString(title) + "</h1><p>Nothing to see here.</p></body></html>\n")}.With("Content-Type", "text/html; charset=utf-8")
}

// Login redirects to a login page on the same host, whose answer is a 200.
func Login(status int) Reply {
	return Chain(status, 1, Page("Please log in", `<meta name="robots" content="noindex">`))
}
