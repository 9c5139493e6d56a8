package store

import "strconv"

// A knownEntry is what identifies a stored entry.
type knownEntry struct {
	id        int64
	key, guid string
	link      string
	hash      []byte
	title     string
	published int64
}

// A place is where an item of a document belongs.
type place struct {
	known *knownEntry // the item is this entry; nil: a new one
	again bool        // the same item was in the document before
	twin  string      // what tells it from other items with its id
}

// match finds the stored entry of each item. Items of one document that share an id but not a link are different entries,
// each the stored entry of that id and link; an id that occurs once, here and in the store, is the same entry whatever
// its link. So nothing is lost of feeds that give all their items one id, whichever of them the document shows.
// Items without a guid are told apart by title and date, since their link is their id.
//
// The document also has entries that are known and were not read, all with a guid: present tells their places in it by
// their rows, and at those of the items by their slices. Of two with one identity the first in the document counts.
func match(ids []string, items []Incoming, stored []*knownEntry, present map[int64]int, at map[Slice]int) []place {
	byID := map[string][]*knownEntry{}
	signs := map[string][]*knownEntry{} // by what they can be known by, the surest first
	for _, k := range stored {
		byID[k.guid] = append(byID[k.guid], k)
		for _, s := range []string{
			sign("hash", k.guid, string(k.hash)), sign("key", k.guid, k.key), sign("link", k.guid, k.link),
			sign("text", k.guid, k.title, strconv.FormatInt(k.published, 10)),
		} {
			signs[s] = append(signs[s], k)
		}
	}
	places := make([]place, len(items))
	differ := map[string]int{}      // how many items of an id do
	met := map[string]*knownEntry{} // nil: it was read
	owned := map[*knownEntry]bool{}
	for _, k := range stored {
		if _, ok := present[k.id]; ok {
			s := sign(k.guid, k.link)
			owned[k] = true
			if met[s] == nil {
				met[s] = k
				differ[k.guid]++
			}
		}
	}
	for i, in := range items {
		places[i].twin = in.Item.Link
		if in.Item.GUID == "" {
			places[i].twin = textID(in.Item)
		}
		s := sign(ids[i], places[i].twin)
		k, ok := met[s]
		switch {
		case ok && k != nil && at[in.Slice] < present[k.id]: // a newer version of what is known
			places[i].known, met[s] = k, nil
		case ok:
			places[i].again = true
		default:
			met[s] = nil
			differ[ids[i]]++
		}
	}
	for _, kind := range []string{"hash", "key", "link", "text"} {
		for i := range places {
			if places[i].again || places[i].known != nil {
				continue
			}
			for _, k := range signs[signOf(kind, ids[i], items[i], places[i].twin)] {
				if !owned[k] {
					places[i].known, owned[k] = k, true
					break
				}
			}
		}
	}
	for i, id := range ids {
		if all := byID[id]; !places[i].again && places[i].known == nil && differ[id] == 1 && len(all) == 1 {
			places[i].known = all[0]
		}
	}
	return places
}

// signOf is what an item's stored entry is known by; "" when nothing of that kind is sure.
func signOf(kind, id string, in Incoming, twin string) string {
	switch {
	case kind == "hash":
		return sign(kind, id, string(in.Hash[:]))
	case kind == "key": // nobody else ever gets this one
		return sign(kind, id, id+"#"+shortHash(twin))
	case kind == "link" && in.Item.GUID != "":
		return sign(kind, id, in.Item.Link)
	case kind == "text" && in.Item.GUID == "" && in.Entry != nil:
		return sign(kind, id, in.Entry.Title, strconv.FormatInt(firstDate(in.Entry), 10))
	}
	return ""
}

// sign joins parts so that no other parts give the same.
func sign(parts ...string) string {
	var b []byte
	for _, p := range parts {
		b = append(strconv.AppendInt(b, int64(len(p)), 10), ':')
		b = append(b, p...)
	}
	return string(b)
}
