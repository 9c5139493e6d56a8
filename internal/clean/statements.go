package clean

import "regexp"

// statementWords match a whole line, in lower case, by which a post says where it was published first. They are strict: the
// line begins with them, perhaps after "Note:", it speaks of "this post" or of nothing, and the words lead to a link. "Was
// first published in" is what is said of books, and "original article:" what is said of the articles of others.
var statementWords = regexp.MustCompile(`^(?:[^\pL\pN]*(?:note|disclaimer|hinweis|nota)\s*[:—–-])?[^\pL\pN]*(?:` +
	// English
	`(?:(?:this (?:blog ?post|guest post|post|article|entry|story|piece|essay|tutorial|interview|column|text|content|series|was|is)|post|article|story) ?)?` +
	`(?:(?:was|is|has been|is a|also) )*(?:` +
	`(?:originally|first|initially) (?:published|posted|appeared|written|released|shared)(?: by [^.:]{1,40}?)?|` +
	`(?:published|posted|appeared) (?:originally|first)|cross[ -]?post(?:ed)?)` +
	`(?: with permission)?(?: by me)?(?: here)?(?:(?: over)? (?:at|on|from)\b|:)|` +
	`canonical (?:url|link|version|address)\b|` +
	// German: the verb may come last
	`(?:(?:dieser|der|dieses|diese) (?:blog-?)?(?:beitrag|artikel|text|post|eintrag|kolumne) (?:ist |wurde |erschien |war )?|erschien )?` +
	`(?:zuerst|ursprünglich|erstmals|zunächst) (?:(?:erschienen|veröffentlicht|publiziert|gepostet) )?(?:auf|bei|im|unter)\b|` +
	// French
	`(?:(?:cet|ce|cette) (?:article|billet|texte|post|publication|tribune) (?:a (?:d'abord |d’abord |initialement )?été |est |était )?)?` +
	`(?:(?:initialement|originellement|d['’]abord) (?:publiée?|parue?)|(?:publiée?|parue?) (?:à l['’]origine|initialement|originellement|d['’]abord)) (?:sur|chez)\b|` +
	// Spanish, Portuguese, Italian, Dutch
	`(?:(?:este|esta|este es un) (?:artículo|post|entrada|texto|artigo|publicación) (?:fue |foi |se )?)?(?:artículo |artigo |post )?` +
	`(?:(?:publicad[oa]|publicó|apareció) (?:originalmente|primero|originariamente)|originalmente publicad[oa]) (?:en|em|no|na)\b|` +
	`(?:questo (?:articolo|post) è stato )?(?:pubblicato (?:originariamente|originalmente)|originariamente pubblicato) (?:su|in)\b|` +
	`(?:dit (?:artikel|bericht) (?:is|werd) )?(?:oorspronkelijk|eerder) (?:gepubliceerd|verschenen) op\b` +
	`)`)

// footerWords match what WordPress and Medium write between the two links of a line behind each post, in lower case.
var footerWords = regexp.MustCompile(`\bappeared first on\b|^\W*was originally published in\b.*\bon medium\b|erschien zuerst (?:auf|bei)|est apparue? en premier sur|` +
	`se publicó primero en|aparece primero en|apareció primero en|apareceu primeiro em|aparece primeiro em|proviene da|sembra essere il primo su|` +
	`verscheen eerst op|pochodzi z serwisu|появил[а-я]* сначала на|впервые появил[а-я]*|dök först upp på|blev først udgivet på|最先出现在|に最初に表示されました`)
