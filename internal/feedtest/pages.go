package feedtest

import (
	"bytes"
	"cmp"
	"html/template"
	"net/http"
	"time"
)

// A page is what the templates below are given.
type page struct {
	Title string
	Blogs []Blog
	Blog  *Blog
	Post  *Post
}

// HTML is the post's text as the blog's own server shows it: untouched. The Content-Security-Policy of servePage keeps
// hostile posts from running in the reader's browser.
func (p *Post) HTML() template.HTML {
	return template.HTML(cmp.Or(p.Content, p.Summary)) //nolint:gosec
}

var pages = template.Must(template.New("").Parse(`
{{define "head"}}<!DOCTYPE html>
<html lang="{{with .Blog}}{{.Lang}}{{else}}en{{end}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{or .Title "Untitled"}}</title>
{{with .Blog}}{{if .Doc}}<link rel="alternate" type="{{.ContentType}}" title="{{.Title}}" href="{{.URL}}">
{{end}}<base href="{{.Site}}">
{{end}}<style>
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.1rem/1.6 Georgia, serif }
img { max-width: 100%; height: auto } pre { overflow-x: auto } nav { font-family: system-ui; font-size: .9rem }
</style>
</head>
<body>
{{end}}
{{define "index"}}{{template "head" .}}<h1>{{.Title}}</h1>
<p>Everything here is invented: project Windvole, its people and its weather.</p>
<ul>{{range .Blogs}}<li><a href="{{.Site}}">{{.Title}}</a> by {{.Name}}</li>{{end}}</ul>
{{end}}
{{define "home"}}{{template "head" .}}<h1>{{.Title}}</h1>
{{with .Blog}}<p>By {{.Name}}.{{if .Doc}} <a href="{{.URL}}">Feed</a>{{end}}</p>
<ul>{{range .Posts}}<li><a href="{{.Link}}">{{or .Title "A note"}}</a>, {{.Date.Format "2 January 2006"}}</li>
{{else}}<li>This server lost its disk. Nothing to read until the backup is found.</li>{{end}}</ul>{{end}}
{{end}}
{{define "post"}}{{template "head" .}}<nav><a href="{{.Blog.Site}}">{{.Blog.Title}}</a></nav>
<article{{with .Post.Lang}} lang="{{.}}" dir="auto"{{end}}>
{{with .Post.Title}}<h1>{{.}}</h1>{{end}}
<p>{{.Blog.Name}}, {{.Post.Date.Format "2 January 2006"}}</p>
{{.Post.HTML}}
</article>
{{end}}
{{define "widget"}}{{template "head" .}}<p>You are visitor number 4.</p>{{end}}
`))

// started dates pages that have no date of their own.
var started = time.Now().Truncate(time.Second)

func servePage(w http.ResponseWriter, r *http.Request, name string, p page) {
	var buf bytes.Buffer
	if err := pages.ExecuteTemplate(&buf, name, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; base-uri 'self'")
	serveContent(w, r, "text/html; charset=utf-8", started, buf.Bytes())
}

func serveNotFound(w http.ResponseWriter) {
	http.Error(w, "There is nothing here. The old disk may have had it.", http.StatusNotFound)
}
