package render

import (
	"strings"
	"unicode"
)

// primary is the language itself, without script and country.
func primary(lang string) string {
	lang, _, _ = strings.Cut(lang, "-")
	return lang
}

// names are languages in their own words, for those who can read them.
var names = map[string]string{
	"ar": "العربية", "bg": "Български", "bn": "বাংলা", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
	"el": "Ελληνικά", "en": "English", "eo": "Esperanto", "es": "Español", "et": "Eesti", "eu": "Euskara", "fa": "فارسی",
	"fi": "Suomi", "fr": "Français", "gl": "Galego", "he": "עברית", "hi": "हिन्दी", "hr": "Hrvatski", "hu": "Magyar",
	"id": "Bahasa Indonesia", "it": "Italiano", "ja": "日本語", "kn": "ಕನ್ನಡ", "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu",
	"ml": "മലയാളം", "mr": "मराठी", "nb": "Norsk bokmål", "nl": "Nederlands", "nn": "Norsk nynorsk", "no": "Norsk", "pl": "Polski",
	"pt": "Português", "ro": "Română", "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina", "sr": "Српски", "sv": "Svenska",
	"ta": "தமிழ்", "te": "తెలుగు", "th": "ไทย", "tr": "Türkçe", "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt", "zh": "中文",
}

// languageName is a language's name in that language, or else its tag.
func languageName(lang string) string {
	if name := names[strings.ToLower(primary(lang))]; name != "" {
		return name
	}
	return lang
}

// languageDir is the direction in which a language is written, "" when unknown.
func languageDir(lang string) string {
	switch strings.ToLower(primary(lang)) {
	case "":
		return ""
	case "ar", "arc", "ckb", "dv", "fa", "he", "nqo", "ps", "sd", "syr", "ug", "ur", "yi":
		return "rtl"
	}
	return "ltr"
}

// textDir is the direction of the first letter, as browsers take it for dir=auto; "" when there is none.
func textDir(text string) string {
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam):
			return "rtl"
		default:
			return "ltr"
		}
	}
	return ""
}
