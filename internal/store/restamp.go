package store

// restamped counts documents in which every entry that was known had a later date than the first: the feed dates its
// entries anew at each fetch. Whoever keeps one date begins anew.
func (r *recording) restamped(items []Incoming, places []place, unread int) {
	moved, kept := 0, unread
	for i, p := range places {
		switch {
		case p.known == nil || p.again:
		case items[i].Entry != nil && firstDate(items[i].Entry) > p.known.published && p.known.published != 0:
			moved++
		default:
			kept++
		}
	}
	switch {
	case kept > 0:
		r.feed.Restamps = 0
	case moved > 1:
		r.feed.Restamps++
	}
}

// Restamping is how many documents in a row have to date everything anew until a feed is known to do so.
const Restamping = 3
