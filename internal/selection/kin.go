package selection

// Kin tells which entries are alike, that is, each by itself the same post as the other. Entries share slots: each is in
// some, and sees some. Those that see a slot are alike to those that are in it. So there are never more ties than keys by
// which entries are compared, however many entries share one.
type kin struct {
	ties  [][]tie // of each entry
	slots int32
}

// A tie puts an entry in a slot and lets it see one, the same or another.
type tie struct{ in, sees int32 }

// clique makes all entries of a list alike.
func (k *kin) clique(list []int32) {
	if len(list) < 2 {
		return
	}
	for _, i := range list {
		k.ties[i] = append(k.ties[i], tie{k.slots, k.slots})
	}
	k.slots++
}

// cliques makes cliques of all lists.
func (k *kin) cliques(lists map[string][]int32) {
	for _, list := range lists {
		k.clique(list)
	}
}

// between makes each entry of one list alike to each of the other.
func (k *kin) between(a, b []int32) {
	if len(a) == 0 || len(b) == 0 {
		return
	}
	for _, i := range a {
		k.ties[i] = append(k.ties[i], tie{k.slots, k.slots + 1})
	}
	for _, i := range b {
		k.ties[i] = append(k.ties[i], tie{k.slots + 1, k.slots})
	}
	k.slots += 2
}
