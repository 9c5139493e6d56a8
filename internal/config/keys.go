package config

import (
	"planet/internal/planet"
)

// allPlaces is feeds.yaml: every key there is, how its value is written, and what reads it. docs/config.md says what they mean.
func (d *decoder) allPlaces() []*place {
	return []*place{
		d.topPlace(), d.feedPlace(), d.rulePlace(), d.fetchPlace(), d.showPlace(), d.pagesPlace(), d.syndicatePlace(),
		d.ownerPlace(), d.hidePlace(), d.listPlace(), d.limitsPlace(),
	}
}

func (d *decoder) topPlace() *place {
	c := d.c
	return &place{"top level", "feeds.yaml", "at the top level, without indentation", []string{"title", "url"}, []key{
		{"title", "Planet Gluster", d.word(&c.Title)},
		{"url", "https://planet.example/", d.address(&c.URL, siteAddress)},
		{"description", "News from the people of Gluster", d.text(&c.Description)},
		{"owner", "{name: Jo, email: jo@planet.example}", d.section("owner")},
		{"language", "en", d.language(&c.Language)},
		{"timezone", "Europe/Berlin", d.timezone(&c.Location)},
		{"output", "public", noted(&d.nodes.output, d.path(&c.Output))},
		{"database", "planet.db", noted(&d.nodes.database, d.path(&c.Database))},
		{"theme", "theme/", optional(d.theme(&c.Theme))},
		{"fetch", "{every: 1h}", d.section("fetch")},
		{"show", "{per_page: 30}", d.section("show")},
		{"pages", "{images: remote}", d.section("pages")},
		{"syndicate", "{variant: full}", d.section("syndicate")},
		{"limits", "{items: 2000}", d.section("limits")},
		{"hide", "[{link: https://blog.example/ad/, why: advertising}]", d.hides(&c.Hide)},
		{"aliases", "{feed.xml: atom.xml}", d.aliases(&c.Aliases)},
		{"feeds", "[{name: Kaushal M, url: https://kshlm.in/index.xml}]", d.feeds(&c.Feeds)},
		{"lists", "[{url: https://blog.example/opml.xml}]", d.lists(&c.Lists)},
	}}
}

func (d *decoder) ownerPlace() *place {
	o := &d.c.Owner
	return &place{"owner", `"owner:"`, "", nil, []key{
		{"name", "Jo", d.text(&o.Name)},
		{"email", "jo@planet.example", optional(d.email(&o.Email))},
		{"url", "https://jo.example/", optional(d.address(&o.URI, webAddress))},
	}}
}

func (d *decoder) fetchPlace() *place {
	f := &d.c.Fetch
	return &place{"fetch", `"fetch:"`, `under "fetch:"`, nil, []key{
		{"every", "1h", d.duration(&f.Every, mayBeZero)},
		{"timeout", "30s", d.duration(&f.Timeout, positive)},
		{"deadline", "10m", d.duration(&f.Deadline, positive)},
		{"concurrency", "32", d.number(&f.Concurrency, 1, anyNumber)},
		{"per_host_gap", "1s", d.duration(&f.PerHostGap, mayBeZero)},
		{"max_size", "10MB", size(d, &f.MaxSize)},
		{"adaptive", "true", d.boolean(&f.Adaptive)},
		{"proxy", "http://proxy.example:3128", optional(d.address(&f.Proxy, proxyAddress))},
		{"allow_ports", "[80, 443]", d.ports(&f.AllowPorts)},
		{"allow_private", "[10.1.0.0/16]", d.networks(&f.AllowPrivate)},
	}}
}

func (d *decoder) showPlace() *place {
	s := &d.c.Show
	return &place{"show", `"show:"`, `under "show:"`, nil, []key{
		{"per_page", "30", d.number(&s.PerPage, 0, anyNumber)},
		{"feed_entries", "60", d.number(&s.FeedEntries, 0, anyNumber)},
		{"per_feed", "10", d.number(&s.PerFeed, 0, anyNumber)},
		{"max_age", "90d", d.duration(&s.MaxAge, mayBeZero)},
		{"flood", "5", d.number(&s.Flood, 0, anyNumber)},
		{"future", "clamp", choice(d, &s.Future, "clamp", "wait")},
		{"follow_deletions", "true", d.boolean(&s.FollowDeletions)},
		{"mode", "excerpt", choice(d, &s.Mode, planet.Full, planet.Excerpt, planet.Link)},
		{"keep", "[{category: gluster}]", d.ruleList(&s.Keep)},
		{"block", "[{title: (?i)sponsored}]", d.ruleList(&s.Block)},
	}}
}

func (d *decoder) pagesPlace() *place {
	p := &d.c.Pages
	return &place{"pages", `"pages:"`, `under "pages:"`, nil, []key{
		{"entries", "true", d.boolean(&p.Entries)},
		{"images", "remote", choice(d, &p.Images, "remote", "link", "local")},
		{"embeds", "link", choice(d, &p.Embeds, "link", "frame")},
		{"compress", "[gz, br]", d.choices(&p.Compress, "gz", "br")},
	}}
}

func (d *decoder) syndicatePlace() *place {
	s := &d.c.Syndicate
	return &place{"syndicate", `"syndicate:"`, `under "syndicate:"`, nil, []key{
		{"variant", "short", choice(d, &s.Variant, "full", "short")},
		{"hub", "https://hub.example/", optional(d.address(&s.Hub, webAddress))},
	}}
}

func (d *decoder) limitsPlace() *place {
	l := &d.c.Limits
	return &place{"limits", `"limits:"`, `under "limits:"`, nil, []key{
		{"items", "2000", d.number(&l.Items, 1, anyNumber)},
		{"max_items", "20000", d.number(&l.MaxItems, 1, anyNumber)},
		{"depth", "200", d.number(&l.Depth, 1, anyNumber)},
		{"namespaces", "2000", d.number(&l.Namespaces, 1, anyNumber)},
		{"elements", "1000", d.number(&l.Elements, 1, anyNumber)},
		{"tag", "256kB", size(d, &l.Tag)},
		{"title", "1kB", size(d, &l.Title)},
		{"url", "4kB", size(d, &l.URL)},
		{"content", "1MB", size(d, &l.Content)},
		{"markup", "20000", d.number(&l.Markup, 1, anyNumber)},
		{"shown", "8MB", size(d, &l.Shown)},
		{"authors", "20", d.number(&l.Authors, 1, anyNumber)},
		{"tags", "50", d.number(&l.Tags, 1, anyNumber)},
		{"enclosures", "50", d.number(&l.Enclosures, 1, anyNumber)},
		{"revisions", "24", d.number(&l.Revisions, 1, anyNumber)},
		{"header", "64kB", size(d, &l.Header)},
		{"memory", "32MB", size(d, &l.Memory)},
		{"redirects", "5", d.number(&l.Redirects, 0, anyNumber)},
		{"connect", "10s", d.duration(&l.Connect, positive)},
		{"tls", "10s", d.duration(&l.TLS, positive)},
		{"response", "15s", d.duration(&l.Response, positive)},
		{"interval", "24h", d.duration(&l.Interval, positive)},
		{"retry_after", "7d", d.duration(&l.RetryAfter, positive)},
		{"image", "5MB", size(d, &l.Image)},
		{"image_pixels", "50000000", d.number(&l.ImagePixels, 1, anyNumber)},
		{"image_tries", "4", d.number(&l.ImageTries, 1, anyNumber)},
		{"images", "40", d.number(&l.Images, 0, anyNumber)},
		{"images_run", "200", d.number(&l.ImagesRun, 1, anyNumber)},
		{"images_disk", "10GB", size(d, &l.ImagesDisk)},
	}}
}

func (d *decoder) hidePlace() *place {
	h := &d.hide
	return &place{"hide", `an item of "hide:"`, "", nil, []key{
		{"link", "https://blog.example/ad/", noted(&h.linkAt, d.word(&h.Link))},
		{"id", `"tag:blog.example,2026:1"`, noted(&h.idAt, d.word(&h.Link))},
		{"why", "advertising", d.text(&h.Why)},
	}}
}

func (d *decoder) listPlace() *place {
	return &place{"lists", `an item of "lists:"`, "", []string{"url"}, []key{
		{"url", "https://blog.example/opml.xml", d.address(&d.list.URL, feedAddress)},
	}}
}

func (d *decoder) feedPlace() *place {
	f := &d.feed
	return &place{"feeds", "a feed", `to a feed, in the list "feeds:"`, []string{"name"}, []key{
		{"name", "Kaushal M", noted(&f.nameAt, d.word(&f.Name))},
		{"url", "https://kshlm.in/index.xml", noted(&f.urlAt, d.address(&f.URL, feedAddress))},
		{"posts", "blog/", noted(&f.postsAt, d.folder(&f.posts))},
		{"id", "kaushal-m", noted(&f.idAt, d.word(&f.ID))},
		{"site", "https://kshlm.in/", optional(d.address(&f.Site, webAddress))},
		{"avatar", "avatars/kshlm.png", noted(&f.avatarAt, optional(d.avatar(&f.Avatar)))},
		{"lang", "en", optional(d.language(&f.Lang))},
		{"groups", "[developers, storage]", d.groups(&f.Groups)},
		{"keep", "[{category: gluster}]", d.ruleList(&f.Keep)},
		{"block", "[{title: (?i)sponsored}]", d.ruleList(&f.Block)},
		{"mode", "excerpt", choice(d, &f.Mode, planet.Full, planet.Excerpt, planet.Link)},
		{"per_feed", "5", d.number(&f.PerFeed, 0, anyNumber)},
		{"flood", "20", d.number(&f.Flood, 0, anyNumber)},
		{"every", "6h", d.duration(&f.Every, positive)},
		{"paused", "true", d.boolean(&f.Paused)},
		{"insecure", "true", d.boolean(&f.Insecure)},
		{"extra", "{irc: kshlm}", d.extra(&f.Extra)},
	}}
}

func (d *decoder) rulePlace() *place {
	r := &d.rule
	return &place{"rules", "a rule", "", nil, []key{
		{"category", "gluster", d.pattern("category", r)},
		{"title", "(?i)gluster", d.pattern("title", r)},
		{"author", "^Kaushal", d.pattern("author", r)},
		{"text", "(?i)glusterfs", d.pattern("text", r)},
		{"link", "/gluster/", d.pattern("link", r)},
		{"lang", "^en", d.pattern("lang", r)},
		{"any", "(?i)gluster", d.pattern("any", r)},
	}}
}
