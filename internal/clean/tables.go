package clean

import (
	"slices"
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// finishTable puts the parts of a table in order and lets its cells span no more than there is.
func finishTable(n *html.Node) {
	var caption, head, foot *html.Node
	for _, c := range solid(n) {
		switch c.DataAtom {
		case atom.Caption:
			if caption == nil {
				caption = c
			}
		case atom.Thead:
			if head == nil {
				head = c
			} else {
				rename(c, atom.Tbody)
			}
		case atom.Tfoot:
			if foot == nil {
				foot = c
			} else {
				rename(c, atom.Tbody)
			}
		}
	}
	toFront(n, head)
	toFront(n, caption)
	if foot != nil {
		if list := solid(n); list[len(list)-1] != foot {
			n.RemoveChild(foot)
			n.AppendChild(foot)
		}
	}
	spans(n)
}

// toFront makes c the first of n's children that are more than blanks.
func toFront(n, c *html.Node) {
	if c == nil {
		return
	}
	if list := solid(n); list[0] != c {
		n.RemoveChild(c)
		n.InsertBefore(c, list[0])
	}
}

// A cell is where one begins, and how far it goes.
type cell struct {
	node                 *html.Node
	row, col, rows, cols int
}

// spans makes the cells of a table span what is there (HTML, "forming a table"): no row and no column without a cell that begins in
// it, no two cells in one place.
func spans(table *html.Node) {
	spanning := false
	for _, group := range solid(table) {
		for _, row := range solid(group) {
			if group.DataAtom == atom.Caption {
				continue
			}
			if list := solid(row); len(list) == 0 {
				spanning = true
			} else {
				for _, c := range list {
					spanning = spanning || has(c, "colspan") || has(c, "rowspan")
				}
			}
		}
	}
	if !spanning {
		return
	}
	var cells []*cell
	begins := map[int]bool{}
	for _, group := range solid(table) {
		if group.DataAtom != atom.Caption {
			cells = append(cells, groupCells(group, begins)...)
		}
	}
	widest := 0
	for col := range begins {
		widest = max(widest, col)
	}
	before := make([]int, widest+2) // columns that begin before
	for col := range widest + 1 {
		before[col+1] = before[col]
		if begins[col] {
			before[col+1]++
		}
	}
	for _, c := range cells {
		end := min(c.col+c.cols, widest+1)
		span(c.node, "colspan", before[end]-before[c.col])
		span(c.node, "rowspan", c.rows)
	}
}

func span(n *html.Node, key string, value int) {
	if value <= 1 {
		if attr(n, key) != "1" {
			set(n, key, "")
		}
	} else {
		put(n, key, strconv.Itoa(value))
	}
}

// groupCells lays out the cells of a group of rows, and removes rows without any.
func groupCells(group *html.Node, begins map[int]bool) (cells []*cell) {
	var rows []*html.Node
	for _, row := range solid(group) {
		if row.DataAtom == atom.Tr {
			rows = append(rows, row)
		}
	}
	empty := make([]int, len(rows)+1) // rows without cells before
	for i, row := range rows {
		empty[i+1] = empty[i]
		if len(solid(row)) == 0 {
			empty[i+1]++
			group.RemoveChild(row)
		}
	}
	var down []*cell // that reach into later rows, by column
	for i, row := range rows {
		down = slices.DeleteFunc(down, func(c *cell) bool { return c.row+c.rows <= i })
		col, at := 0, 0 // at: of down
		var reaching []*cell
		for _, n := range solid(row) {
			for at < len(down) && down[at].col <= col {
				col = max(col, down[at].col+down[at].cols)
				at++
			}
			c := &cell{node: n, row: i, col: col, rows: number(attr(n, "rowspan"), 1), cols: min(max(number(attr(n, "colspan"), 1), 1), 1000)}
			if at < len(down) {
				c.cols = min(c.cols, down[at].col-col)
			}
			if c.rows == 0 {
				c.rows = len(rows) - i
			}
			c.rows = min(c.rows, len(rows)-i)
			begins[col] = true
			col += c.cols
			cells = append(cells, c)
			if c.rows > 1 {
				reaching = append(reaching, c)
			}
		}
		if len(reaching) > 0 {
			down = append(down, reaching...)
			slices.SortFunc(down, func(a, b *cell) int { return a.col - b.col })
		}
	}
	for _, c := range cells {
		c.rows -= empty[c.row+c.rows] - empty[c.row]
	}
	return cells
}

// number is s as a number, or what is usual when it is none.
func number(s string, usual int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return usual
	}
	return n
}
