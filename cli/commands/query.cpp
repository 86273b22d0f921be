// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "excerpt.h"
#include "json_forms.h"
#include "registry.h"
#include "text.h"

#include <carma/clock.h>
#include <carma/moment.h>

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

constexpr std::size_t kExcerptLines = 3;
constexpr std::size_t kIndent = 4;
constexpr std::size_t kExcerptWidthMax = 110; // longer lines are hard to read

Json suggestionList(const std::vector<SpellingSuggestion>& suggestions)
{
    Json list = Json::array();
    for (const SpellingSuggestion& suggestion : suggestions) {
        list.push_back(Json{{"word", suggestion.word}, {"instead", suggestion.instead}});
    }
    return list;
}

class QueryCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "query"; }
    CommandHelp help() const override
    {
        return {"memory", "find by meaning and by words",
            "Prints the passages that answer best, the best first: score, place, id and an excerpt. Passages that cannot be read "
            "do not stand in the way of the others; their number is told. \"Words in quotes\" must stand together; +word is demanded and "
            "-word excluded; word* is the beginning of a word; title:, tag:, speaker:, path:, before: and after: say where and when.",
            {"carma query \"where is the well key\"", "carma query \"surveyor's measurements\" -k 3 --context 1",
                "carma query budget --mode lexical --per-document --json", "carma query 'well key' --as-of 2024-05-14",
                "carma query 'pump \"boiler room\" -draft tag:house after:2024-05-14'"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("WORDS", m_words, "what to look for");
        arguments.option("-k,--limit", m_limit, "N", "how many hits, 1 to 10000 (default: 10)");
        arguments.option("--mode", m_mode, "MODE", "hybrid, semantic or lexical (default: hybrid)").choices = {
            "hybrid", "semantic", "lexical"};
        arguments.flag("--explain", m_explain, "show how each score adds up");
        arguments.option("--context", m_context, "N", "passages before and after each hit, 0 to 16 (default: 0)");
        arguments.flag("--per-document", m_perDocument, "one hit a document");
        arguments.flag("--all-namespaces", m_allSpaces, "look in every namespace");
        arguments.option("--min-score", m_minScore, "X", "leave out hits below this score");
        arguments.option("--as-of", m_asOf, "TIME", "ask the memory as it was then: 2024-05-14, 2024-05-14T19:30, 90m, 12h, 7d or 4w");
        arguments.flag("--include-hypotheses", m_options.includeHypotheses, "say of hits that are lost what may have stood there: a guess");
        arguments.option("--cursor", m_options.cursor, "CURSOR", "the next page of the same query, as the one before gave it");
    }
    Result<void> validate(const GlobalOptions& global) override
    {
        constexpr std::uint64_t kLimitMax = 10'000;
        constexpr std::uint64_t kContextMax = 16;
        if (m_limit < 1 || m_limit > kLimitMax || m_context > kContextMax) {
            return Error{ErrorCode::InvalidArgument, "-k takes 1 to 10000 and --context 0 to 16"};
        }
        if (m_allSpaces && global.space) {
            return Error{ErrorCode::InvalidArgument, "--namespace and --all-namespaces exclude each other"};
        }
        m_options.space = global.spaceOrDefault();
        m_options.allSpaces = m_allSpaces;
        m_options.limit = m_limit;
        m_options.mode = m_mode == "semantic" ? QueryMode::Semantic : m_mode == "lexical" ? QueryMode::Lexical : QueryMode::Hybrid;
        m_options.onePerDocument = m_perDocument;
        m_options.explain = m_explain;
        m_options.suggest = true;
        if (!m_asOf.empty()) {
            CARMA_TRY_ASSIGN(m_options.asOfUs, parseMoment(m_asOf, systemClock().wallTimeUs()));
        }
        m_options.context = m_context;
        if (m_minScore) {
            m_options.minScore = static_cast<float>(*m_minScore);
        }
        return {};
    }

private:
    bool isAudited(const AuditPolicy& policy) const override { return policy.queries; }
    Result<ExitCode> runWith(Store& store, Session& session) override;
    void printHit(Printer& printer, std::size_t number, const QueryHit& hit, const std::vector<std::string>& marked) const;

    std::vector<std::string> m_words;
    std::uint64_t m_limit = 10;
    std::string m_mode = "hybrid";
    bool m_explain = false;
    std::uint64_t m_context = 0;
    bool m_perDocument = false;
    bool m_allSpaces = false;
    std::optional<double> m_minScore;
    std::string m_asOf;
    QueryOptions m_options;
};

std::string withMarks(const Printer& printer, const std::string& line, const std::vector<std::string>& marked)
{
    std::string out;
    std::size_t at = 0;
    for (const auto& [begin, end] : matches(line, marked)) {
        out += line.substr(at, begin - at) + printer.bold(line.substr(begin, end - begin));
        at = end;
    }
    return out + line.substr(at);
}

void printText(Printer& printer, const FragmentView& fragment, const std::vector<std::string>& marked, bool neighbour)
{
    const std::string margin(kIndent, ' ');
    if (fragment.state != FragmentState::Exact) {
        const std::string_view what = fragment.state == FragmentState::Forgotten ? "forgotten" : "cannot be read; run carma heal";
        printer.line(margin + printer.caution(fmt::format("[{}]", what)));
        return;
    }
    const std::size_t width = std::min(printer.width(), kExcerptWidthMax) - kIndent;
    for (const std::string& line : excerpt(fragment.text, marked, width, neighbour ? 1 : kExcerptLines)) {
        printer.line(margin + (neighbour ? printer.dim(line) : withMarks(printer, line, marked)));
    }
}

/// A line a summand, and below it what that is made of.
void printTerms(Printer& printer, const std::vector<ScoreTerm>& terms, std::size_t indent)
{
    for (const ScoreTerm& term : terms) {
        const std::string name = std::string(indent, ' ') + escapeLine(term.name);
        printer.line(printer.dim(fmt::format("{:<24} {:>+7.3f}  raw {:.3f}", name, term.added, term.raw)));
        printTerms(printer, term.parts, indent + 2);
    }
}

void QueryCommand::printHit(Printer& printer, std::size_t number, const QueryHit& hit, const std::vector<std::string>& marked) const
{
    const FragmentView& fragment = hit.fragment;
    std::string place = escapeLine(fragment.document.path.empty() ? fragment.document.title : fragment.document.path);
    if (!fragment.place.empty()) {
        place += (place.empty() ? "" : " \u00b7 ") + escapeLine(fragment.place);
    }
    if (m_allSpaces) {
        place = escapeLine(fragment.document.space) + ": " + place;
    }
    const std::string number2 = fmt::format("{:>2}", number);
    printer.line(fmt::format("{}  {}  {}", number2, printer.good(fmt::format("{:.2f}", hit.score)), printer.bold(place)));
    printer.line(std::string(kIndent, ' ') + printer.dim(toString(fragment.id)));
    for (const FragmentView& before : hit.before) {
        printText(printer, before, {}, true);
    }
    printText(printer, fragment, marked, false);
    if (hit.hypothesis) {
        const PassageGuess& guess = *hit.hypothesis;
        const std::string standing = guess.isProven ? std::string("proven by its digest")
                                                    : fmt::format("a guess, {:.0f} % of its words expected right", guess.confidence * 100);
        printer.line(std::string(kIndent, ' ') + printer.caution("[hypothesis: " + standing + "]"));
        const std::size_t width = std::min(printer.width(), kExcerptWidthMax) - kIndent;
        for (const std::string& line : excerpt(guess.text, marked, width, kExcerptLines)) {
            printer.line(std::string(kIndent, ' ') + printer.dim("? " + line));
        }
    }
    for (const FragmentView& after : hit.after) {
        printText(printer, after, {}, true);
    }
    if (m_explain) {
        printTerms(printer, hit.terms, kIndent);
    }
    printer.line();
}

Result<ExitCode> QueryCommand::runWith(Store& store, Session& session)
{
    const std::string words = fmt::format("{}", fmt::join(m_words, " "));
    CARMA_TRY_ASSIGN(const QueryAnswer answer, store.memory().query(words, m_options));
    session.endProgress();
    Printer& printer = session.printer();
    for (const std::string& warning : answer.warnings) {
        printer.warning(warning);
    }
    if (printer.json()) {
        Json hits = Json::array();
        for (const QueryHit& hit : answer.hits) {
            hits.push_back(toJson(hit, m_explain, m_context != 0));
        }
        printer.document(Json{{"hits", std::move(hits)}, {"took_us", answer.tookUs}, {"passages", answer.passages},
            {"placeholders", answer.placeholders}, {"query", words}, {"mode", m_mode}, {"warnings", answer.warnings},
            {"cursor", answer.cursor.empty() ? Json(nullptr) : Json(answer.cursor)}, {"suggestions", suggestionList(answer.suggestions)}});
        return ExitCode::Ok;
    }
    const std::vector<std::string> marked = queryWords(words);
    for (std::size_t i = 0; i < answer.hits.size(); ++i) {
        printHit(printer, i + 1, answer.hits[i], marked);
    }
    printer.extra(printer.dim(fmt::format(
        "{} of {} in {}", counted(answer.hits.size(), "hit"), counted(answer.passages, "passage"), humanDuration(answer.tookUs))));
    for (const SpellingSuggestion& suggestion : answer.suggestions) {
        printer.note(fmt::format("no passage has '{}'; did you mean '{}'?", escapeLine(suggestion.word), escapeLine(suggestion.instead)));
    }
    if (!answer.cursor.empty()) {
        printer.extra(printer.dim("more: --cursor " + answer.cursor));
    }
    if (answer.placeholders != 0) {
        printer.note(fmt::format("{} cannot be read and could not be searched; run carma heal", counted(answer.placeholders, "passage")));
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeQueryCommand() { return std::make_unique<QueryCommand>(); }

} // namespace carma::cli
