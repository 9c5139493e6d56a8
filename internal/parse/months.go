package parse

import "strings"

// monthNames are the names and abbreviations in the languages whose blogs write them into feeds. A word that means
// different months in two of them stands for that of the language with more blogs: listopad is Poland's, not Croatia's.
var monthNames = [12]string{
	`january jan januar januari január ianuarie ian january jänner januarja janeiro janvier janv jan enero ene gennaio gen gener
		styczeń stycznia sty leden ledna januára janvāris janvārī sausio sausis jaanuar tammikuu tammikuuta tammi ocak oca siječanj siječnja
		январь января янв январи јануар јан січень січня січ ιανουάριος ιανουαρίου ιαν 一月`,
	`february feb februar februari febrero febr februarie február februára fevereiro fev février févr fév febbraio febrer
		luty lutego lut únor února úno februāris februārī vasario vasaris veebruar helmikuu helmikuuta helmi şubat şub veljača veljače
		февраль февраля фев февр февруари фебруар феб лютий лютого лют φεβρουάριος φεβρουαρίου φεβ 二月`,
	`march mar mars märz mär mrz marzo març março maart mrt marts martie marec marca marzec březen března bře már márc március
		marts martā kovo kovas märts maaliskuu maaliskuuta maalis mart ožujak ožujka ožu
		март марта мар березень березня бер μάρτιος μαρτίου μαρ μάρ 三月`,
	`april apr avril avr abril abr aprile aprilie apríl apríla ápr április kwiecień kwietnia kwi duben dubna dub aprīlis aprīlī
		balandžio balandis aprill huhtikuu huhtikuuta huhti nisan nis travanj travnja
		апрель апреля апр април квітень квітня кві квіт απρίλιος απριλίου απρ 四月`,
	`may mai maj mayo maggio mag maio mei maig máj mája május maja květen května kvě maijs maijā gegužės gegužė toukokuu toukokuuta touko
		mayıs svibanj svibnja svi май мая мај травень травня тра трав μάιος μαΐου μαϊ μάι 五月`,
	`june jun juni juin junio junho giugno giu juny iunie iun jún júna június június czerwiec czerwca cze červen června čvn jūnijs jūnijā
		birželio birželis juuni kesäkuu kesäkuuta kesä haziran haz lipanj lipnja
		июнь июня июн юни јун јуни червень червня чер черв ιούνιος ιουνίου ιούν ιουν 六月`,
	`july jul juli juillet juil julio julho luglio lug juliol iulie iul júl júla július lipiec lipca lip červenec července čvc jūlijs jūlijā
		liepos liepa juuli heinäkuu heinäkuuta heinä temmuz tem srpanj srpnja
		июль июля июл юли јул јули липень липня лип ιούλιος ιουλίου ιούλ ιουλ 七月`,
	`august aug august août agosto ago agost augustus augusti augusztus augusta avgust avg sierpień sierpnia sie srpen srpna augusts augustā
		rugpjūčio rugpjūtis elokuu elokuuta elo ağustos ağu kolovoz kolovoza kol agustus
		август августа авг аугуст серпень серпня сер серп αύγουστος αυγούστου αυγ αύγ 八月`,
	`september sep sept septembre septiembre settembre set setembre setembro septembrie septembra szeptember szept wrzesień września wrz
		září zář septembar septembris septembrī rugsėjo rugsėjis syyskuu syyskuuta syys eylül eyl rujan rujna ruj
		сентябрь сентября сен сент септември септембар сеп септ вересень вересня вер вересн σεπτέμβριος σεπτεμβρίου σεπ σεπτ 九月`,
	`october oct oktober okt octobre octubre ottobre ott outubro out octombrie október októbra október oktobar październik października paź
		říjen října říj oktobris oktobrī spalio spalis oktoober lokakuu lokakuuta loka ekim eki
		октябрь октября окт октомври октобар жовтень жовтня жов жовт οκτώβριος οκτωβρίου οκτ 十月`,
	`november nov novembre noviembre novembro noiembrie noi novembra novembar novembris novembrī lapkričio lapkritis listopad listopada lis
		marraskuu marraskuuta marras kasım kas studeni studenoga studenog stu
		ноябрь ноября ноя нояб ноември новембар нов листопад листопада лис νοέμβριος νοεμβρίου νοε 十一月`,
	`december dec dezember dez décembre déc diciembre dic dicembre desember des desembre dezembro decembrie decembra decembar
		grudzień grudnia gru prosinec prosince pro prosinac prosinca decembris decembrī gruodžio gruodis detsember joulukuu joulukuuta joulu
		aralık ara
		декабрь декабря дек декември децембар дец грудень грудня гру груд δεκέμβριος δεκεμβρίου δεκ 十二月`,
}

var months = monthTable()

func monthTable() map[string]int {
	table := map[string]int{}
	for i, names := range monthNames {
		for _, name := range strings.Fields(names) {
			table[name] = i + 1
		}
	}
	return table
}
