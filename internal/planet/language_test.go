package planet

import "testing"

func TestLanguageSlug(t *testing.T) {
	for lang, want := range map[string]string{
		"en": "en", "de-AT": "de", "zh-Hant-TW": "zh", "en_US": "en", " PT-br ": "pt", "haw": "haw",
		"": "", "english": "", "../../etc": "", "e": "", "de-": "", "en-<b>": "", "12": "",
	} {
		if got := LanguageSlug(lang); got != want {
			t.Errorf("LanguageSlug(%q) = %q, want %q", lang, got, want)
		}
	}
}
