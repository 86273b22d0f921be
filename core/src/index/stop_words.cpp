// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/language.h"

#include <array>
#include <unordered_set>

namespace carma::index {

namespace {

using Words = std::unordered_set<std::string_view>;

/// Articles, conjunctions, particles, prepositions, auxiliary and modal verbs, pronouns, question words. Languages without a list keep
/// all their words: frequent ones count little anyway.
std::array<Words, kLanguages> makeLists()
{
    std::array<Words, kLanguages> lists;
    const auto of = [&](Language language) -> Words& { return lists[static_cast<std::size_t>(language)]; };
    of(Language::English) = {"a", "an", "the", "and", "or", "if", "so", "not", "no", "of", "to", "in", "on", "at", "for", "with", "by",
        "from", "about", "as", "am", "is", "are", "was", "were", "be", "been", "being", "have", "has", "had", "having", "do", "does", "did",
        "will", "would", "can", "could", "shall", "should", "i", "me", "my", "you", "your", "he", "him", "his", "she", "her", "it", "its",
        "we", "us", "our", "they", "them", "their", "this", "that", "these", "those", "who", "whom", "whose", "what", "which", "when",
        "where", "how"};
    of(Language::German) = {"der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines", "und", "oder",
        "wenn", "so", "nicht", "kein", "keine", "von", "vom", "zu", "zum", "zur", "in", "im", "an", "am", "auf", "für", "mit", "bei", "aus",
        "über", "um", "als", "wie", "bin", "ist", "sind", "war", "waren", "sein", "gewesen", "habe", "hat", "haben", "hatte", "hatten",
        "wird", "werden", "wurde", "wurden", "kann", "können", "konnte", "soll", "sollte", "ich", "mich", "mir", "du", "dich", "dir", "er",
        "ihn", "ihm", "sie", "es", "wir", "uns", "ihr", "ihnen", "dieser", "diese", "dieses", "dass", "wer", "wen", "was", "welche",
        "welcher", "wann", "wo"};
    of(Language::French) = {"le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "et", "ou", "si", "ne", "n", "pas", "à", "au",
        "aux", "en", "dans", "sur", "pour", "avec", "par", "est", "sont", "était", "étaient", "être", "été", "ai", "as", "a", "ont",
        "avait", "avoir", "je", "j", "me", "m", "tu", "te", "t", "il", "elle", "lui", "on", "nous", "vous", "ils", "elles", "leur", "se",
        "s", "son", "sa", "ses", "mon", "ma", "mes", "ce", "c", "cet", "cette", "ces", "que", "qu", "qui", "quel", "quelle", "quand", "où",
        "comment"};
    of(Language::Spanish) = {"el", "la", "los", "las", "un", "una", "unos", "unas", "y", "e", "o", "si", "no", "de", "del", "a", "al", "en",
        "con", "por", "para", "es", "son", "era", "eran", "ser", "sido", "está", "están", "ha", "han", "había", "haber", "yo", "me", "mi",
        "tu", "te", "él", "lo", "le", "ella", "se", "su", "sus", "nos", "ellos", "ellas", "les", "este", "esta", "esto", "ese", "esa",
        "eso", "que", "qué", "quien", "quién", "cual", "cuál", "cuando", "cuándo", "donde", "dónde", "como", "cómo"};
    of(Language::Italian) = {"il", "lo", "la", "i", "gli", "le", "l", "un", "uno", "una", "e", "ed", "o", "se", "non", "di", "del", "della",
        "dei", "delle", "a", "al", "alla", "da", "dal", "dalla", "in", "nel", "nella", "con", "su", "sul", "sulla", "per", "è", "sono",
        "era", "erano", "essere", "stato", "ha", "hanno", "aveva", "avere", "io", "mi", "tu", "ti", "lui", "lei", "ci", "noi", "vi", "voi",
        "loro", "si", "suo", "sua", "questo", "questa", "quello", "quella", "che", "chi", "quale", "quando", "dove", "come"};
    of(Language::Portuguese) = {"o", "a", "os", "as", "um", "uma", "e", "ou", "se", "não", "de", "do", "da", "dos", "das", "em", "no", "na",
        "nos", "nas", "ao", "à", "com", "por", "pelo", "pela", "para", "é", "são", "era", "eram", "ser", "sido", "está", "tem", "têm",
        "tinha", "ter", "eu", "me", "tu", "te", "ele", "ela", "lhe", "nós", "eles", "elas", "seu", "sua", "este", "esta", "isto", "esse",
        "essa", "isso", "que", "quem", "qual", "quando", "onde", "como"};
    of(Language::Dutch) = {"de", "het", "een", "en", "of", "als", "zo", "niet", "geen", "van", "tot", "te", "in", "op", "aan", "voor",
        "met", "bij", "door", "uit", "over", "om", "ben", "is", "zijn", "was", "waren", "heb", "heeft", "hebben", "had", "hadden", "zal",
        "zou", "kan", "kunnen", "wordt", "werd", "ik", "me", "mij", "je", "jij", "u", "hij", "hem", "zij", "ze", "haar", "wij", "we", "ons",
        "hun", "dit", "dat", "deze", "die", "wie", "wat", "welke", "wanneer", "waar", "hoe"};
    of(Language::Swedish) = {"en", "ett", "den", "det", "de", "och", "eller", "om", "så", "inte", "av", "till", "i", "på", "för", "med",
        "vid", "från", "som", "är", "var", "vara", "varit", "har", "hade", "ha", "ska", "skulle", "kan", "kunde", "jag", "mig", "du", "dig",
        "han", "honom", "hon", "henne", "vi", "oss", "ni", "dem", "sin", "detta", "denna", "att", "vem", "vad", "vilken", "när", "hur"};
    of(Language::Danish) = {"en", "et", "den", "det", "de", "og", "eller", "om", "så", "ikke", "af", "til", "i", "på", "for", "med", "ved",
        "fra", "som", "er", "var", "være", "været", "har", "havde", "have", "skal", "skulle", "kan", "kunne", "jeg", "mig", "du", "dig",
        "han", "ham", "hun", "hende", "vi", "os", "dem", "sin", "dette", "denne", "at", "hvem", "hvad", "hvilken", "når", "hvor",
        "hvordan"};
    of(Language::Norwegian) = {"en", "ei", "et", "den", "det", "de", "og", "eller", "om", "så", "ikke", "av", "til", "i", "på", "for",
        "med", "ved", "fra", "som", "er", "var", "være", "vært", "har", "hadde", "ha", "skal", "skulle", "kan", "kunne", "jeg", "meg", "du",
        "deg", "han", "ham", "hun", "henne", "vi", "oss", "dem", "sin", "dette", "denne", "at", "hvem", "hva", "hvilken", "når", "hvor",
        "hvordan"};
    of(Language::Finnish) = {"ja", "tai", "jos", "niin", "ei", "eivät", "en", "se", "ne", "on", "ovat", "oli", "olivat", "olla", "ollut",
        "minä", "minun", "sinä", "sinun", "hän", "hänen", "me", "te", "he", "tämä", "nämä", "että", "joka", "jotka", "mikä", "kuka", "kun",
        "missä", "miten", "kuin", "myös", "mutta"};
    of(Language::Russian) = {"и", "или", "если", "так", "не", "ни", "нет", "в", "во", "на", "с", "со", "к", "ко", "у", "о", "об", "от",
        "до", "из", "за", "по", "для", "при", "а", "но", "же", "бы", "был", "была", "было", "были", "быть", "есть", "я", "меня", "мне",
        "ты", "тебя", "он", "его", "ему", "она", "её", "ее", "ей", "оно", "мы", "нас", "нам", "вы", "вас", "они", "их", "им", "это", "этот",
        "эта", "эти", "тот", "что", "чтобы", "кто", "какой", "который", "когда", "где", "как"};
    return lists;
}

} // namespace

bool isStopWord(Language language, std::string_view word)
{
    static const std::array<Words, kLanguages> lists = makeLists();
    return lists[static_cast<std::size_t>(language)].contains(word);
}

} // namespace carma::index
