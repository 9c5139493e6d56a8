package main

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

// Both lie where no published file can.
const (
	reloadScript = "/.planet/reload.js"
	reloadEvents = "/.planet/reload"
)

// The script keeps a line open while its page is looked at: a browser has no more than six to one server, for all its
// tabs. The browser itself opens the line again when it breaks, and puts a page that it reloads where it was scrolled to.
const reloadSource = `const is = new URL(document.currentScript.src).searchParams.get("is");
let line;
function listen() {
  line?.close();
  line = undefined;
  if (document.hidden) return;
  line = new EventSource("` + reloadEvents + `?is=" + is + "&page=" + encodeURIComponent(location.pathname));
  line.onmessage = () => { line.close(); location.reload(); };
}
document.addEventListener("visibilitychange", listen);
listen();
`

func sendReloadScript(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", mediaTypes[".js"])
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader([]byte(reloadSource)))
}

// reloading is a page that watches for a successor. It knows by its address what it is itself, so that nothing is missed
// between its sending and its first question. The policy in its head grows just enough to let it ask.
func reloading(page []byte) []byte {
	script := []byte(`<script src="` + reloadScript + `?is=` + sum(page) + `"></script>`)
	head, rest, ok := bytes.Cut(page, []byte("</head>"))
	if !ok { // the tag is optional
		return bytes.Join([][]byte{page, script}, nil)
	}
	if !bytes.Contains(head, []byte("connect-src")) {
		head = bytes.Replace(head, []byte("default-src 'none'"), []byte("default-src 'none'; connect-src 'self'"), 1)
	}
	return bytes.Join([][]byte{head, script, []byte("</head>"), rest}, nil)
}

// events holds a page's line open until there is another one at its address.
func (v *preview) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
	for {
		news := v.news() // before looking, so that no change falls between
		if v.at(r.FormValue("page")) != r.FormValue("is") {
			_, _ = io.WriteString(w, "data: changed\n\n")
			return
		}
		select {
		case <-news:
		case <-r.Context().Done():
			return
		}
	}
}

// at names what is shown at the path of a URL: a page, or the one that says that there is none.
func (v *preview) at(urlPath string) string {
	root, err := v.open()
	if err != nil {
		return ""
	}
	defer root.Close()
	f, err := look(root, urlPath)
	if err != nil {
		f, _ = look(root, "/404.html")
	}
	return sum(f.data)
}
