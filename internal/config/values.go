package config

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"
)

// The functions of this file make what reads one kind of value into one variable. They report what they can't read.

// scalar gives a value as text, whatever it looks like: a name may be 2020 or true.
func (d *decoder) scalar(n *yaml.Node, want string) (string, bool) {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		d.wrong(n, want)
		return "", false
	}
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
		return strings.TrimSpace(n.Value), true
	}
	d.mistake(n, fmt.Sprintf("%s has the unknown tag %q", d.at.name, short(n.Tag)), "remove the tag")
	return "", false
}

// text reads a text that may be empty.
func (d *decoder) text(dst *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if s, ok := d.scalar(n, "a text"); ok {
			*dst = s
		}
	}
}

// word reads a text that may not be empty.
func (d *decoder) word(dst *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a text")
		if ok && s == "" {
			d.mistake(n, d.at.name+" is empty", d.example())
			return
		}
		*dst = s
	}
}

func (d *decoder) boolean(dst *bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
			*dst = strings.EqualFold(n.Value, "true")
			return
		}
		hint := d.example()
		switch strings.ToLower(n.Value) {
		case "yes", "y", "on", "1", "true":
			hint = "write true, without quotes"
		case "no", "n", "off", "0", "false":
			hint = "write false, without quotes"
		}
		d.mistake(n, fmt.Sprintf("%s must be true or false, got %s", d.at.name, got(n)), hint)
	}
}

const anyNumber = math.MaxInt32

func (d *decoder) number(dst *int, least, most int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if i, ok := d.whole(n, least, most); ok {
			*dst = i
		}
	}
}

func (d *decoder) whole(n *yaml.Node, least, most int) (int, bool) {
	i, err := strconv.ParseInt(n.Value, 0, 64)
	huge := errors.Is(err, strconv.ErrRange) // YAML calls it a float
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag != "!!int" && err != nil && !huge:
		d.wrong(n, "a whole number")
	case n.Tag == "!!str":
		d.mistake(n, fmt.Sprintf("%s must be a whole number, got %s", d.at.name, got(n)), "write it without quotes")
	case err != nil && !huge, i < int64(least), i > int64(most):
		bounds := fmt.Sprintf("at least %d", least)
		if most != anyNumber || i > int64(most) {
			bounds = fmt.Sprintf("from %d to %d", least, most)
		}
		d.mistake(n, fmt.Sprintf("%s must be %s, got %s", d.at.name, bounds, short(n.Value)), d.example())
	default:
		return int(i), true
	}
	return 0, false
}

const (
	mayBeZero = time.Duration(0)
	positive  = time.Duration(1)
)

func (d *decoder) duration(dst *time.Duration, least time.Duration) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a duration")
		if !ok {
			return
		}
		v, bad := parseDuration(s)
		switch {
		case bad != nil:
			d.mistake(n, fmt.Sprintf("%s: %q %s", d.at.name, short(s), bad.text), bad.hint)
		case v < least:
			d.mistake(n, d.at.name+" must be more than 0", d.example())
		default:
			*dst = v
		}
	}
}

// size reads a number of bytes.
func size[N int | int64](d *decoder, dst *N) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a size")
		if !ok {
			return
		}
		v, bad := parseSize(s)
		switch {
		case bad != nil:
			d.mistake(n, fmt.Sprintf("%s: %q %s", d.at.name, short(s), bad.text), bad.hint)
		case v < 1:
			d.mistake(n, d.at.name+" must be more than 0", d.example())
		case int64(N(v)) != v:
			d.mistake(n, d.at.name+" is too large", d.example())
		default:
			*dst = N(v)
		}
	}
}

// choice reads one of a few words.
func choice[S ~string](d *decoder, dst *S, allowed ...S) func(*yaml.Node) {
	words := make([]string, len(allowed))
	for i, w := range allowed {
		words[i] = string(w)
	}
	return func(n *yaml.Node) {
		if s, ok := d.oneOf(n, words); ok {
			*dst = S(s)
		}
	}
}

func (d *decoder) choices(dst *[]string, allowed ...string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = nil
		for item := range d.items(n) {
			if s, ok := d.oneOf(item, allowed); ok && !slices.Contains(*dst, s) {
				*dst = append(*dst, s)
			}
		}
	}
}

func (d *decoder) oneOf(n *yaml.Node, allowed []string) (string, bool) {
	s, ok := d.scalar(n, "a word")
	if ok && !slices.Contains(allowed, s) {
		d.mistake(n, fmt.Sprintf("%s: unknown value %q", d.at.name, short(s)), oneOf(s, allowed))
		return "", false
	}
	return s, ok
}

// language checks that a tag has the form of BCP 47; whether there is such a language is not our business.
func (d *decoder) language(dst *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a language tag")
		if !ok {
			return
		}
		if !isLanguage(s) {
			hint := "write a tag such as en, de, pt-BR or zh-Hant"
			posix, _, _ := strings.Cut(s, ".") // de_DE.UTF-8
			if better := strings.ReplaceAll(posix, "_", "-"); better != s && isLanguage(better) {
				hint = didYouMean(better)
			}
			d.mistake(n, fmt.Sprintf("%s: %q is not a language tag", d.at.name, short(s)), hint)
			return
		}
		*dst = s
	}
}

func isLanguage(tag string) bool {
	for i, part := range strings.Split(tag, "-") {
		letters := strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz") == ""
		if part == "" || len(part) > 8 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
		if i == 0 && (!letters || len(part) > 3 || len(part) == 1) {
			return false
		}
	}
	return true
}

func (d *decoder) timezone(dst **time.Location) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "a time zone")
		if !ok {
			return
		}
		l, err := time.LoadLocation(s)
		if err != nil || s == "" || s == "Local" { // Local would make another site on another computer
			d.mistake(n, fmt.Sprintf("%s: unknown time zone %q", d.at.name, short(s)), "write a name such as UTC, Europe/Berlin or Asia/Kolkata")
			return
		}
		*dst = l
	}
}

func (d *decoder) ports(dst *[]int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = []int{}
		for item := range d.items(n) {
			if port, ok := d.whole(item, 1, 65535); ok {
				*dst = append(*dst, port)
			}
		}
	}
}

func (d *decoder) networks(dst *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*dst = nil
		for item := range d.items(n) {
			s, ok := d.scalar(item, "a network")
			if !ok {
				continue
			}
			network, err := netip.ParsePrefix(s)
			if err == nil {
				*dst = append(*dst, network.Masked().String())
				continue
			}
			hint := "write an address and the length of its prefix: 10.1.0.0/16 or fd00::/8"
			if ip, err := netip.ParseAddr(s); err == nil {
				hint = fmt.Sprintf("for this address alone write %s/%d", ip.WithZone(""), ip.BitLen())
			}
			d.mistake(item, fmt.Sprintf("%s: %q is not a network", d.at.name, short(s)), hint)
		}
	}
}

func (d *decoder) email(dst *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := d.scalar(n, "an e-mail address")
		if !ok {
			return
		}
		user, host, _ := strings.Cut(s, "@")
		if user == "" || host == "" || strings.ContainsAny(s, " \t<>:,") || strings.Contains(host, "@") {
			d.mistake(n, fmt.Sprintf("%s: %q is not an e-mail address", d.at.name, short(s)), d.example())
			return
		}
		*dst = s
	}
}
