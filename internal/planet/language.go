package planet

import (
	"regexp"
	"strings"
)

var languageShape = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// LanguageTag is a language tag (BCP 47) as pages and feeds may hold it, or "". Feeds write en_US as well.
func LanguageTag(lang string) string {
	lang = strings.ReplaceAll(strings.TrimSpace(lang), "_", "-")
	if !languageShape.MatchString(lang) {
		return ""
	}
	return lang
}

// LanguageSlug is the language itself, in lower case, without script and country; "" when the tag is none.
func LanguageSlug(lang string) string {
	lang, _, _ = strings.Cut(LanguageTag(lang), "-")
	return strings.ToLower(lang)
}
