// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

class HypothesesCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "hypotheses"; }
    CommandHelp help() const override
    {
        return {"healing", "guess at what cannot be healed",
            "The search index keeps vectors of passages, and those of the built-in model give the words away. For passages whose bytes "
            "are gone beyond repair this says which words stood there and a likely order of them.\n\n"
            "hypotheses list shows lost passages of a namespace, or of all if none is named, with what can be said of them. hypotheses "
            "show ID shows one with its evidence. "
            "hypotheses accept ID keeps the guess as a new memory that says what it is; the lost passage stays lost. hypotheses reject ID "
            "says that it is wrong: it is not offered again until there is new evidence. Guesses are remembered, and compared when the "
            "exact "
            "text comes back; hypotheses stats says how good they were.\n\n"
            "A guess is never found by a query and nothing is derived from it. Words that explain all that is left of a passage are "
            "called certain; their order is a guess in any case, unless the recorded digest of the document proves the text.",
            {"carma hypotheses list", "carma hypotheses show 01HZX4QK", "carma hypotheses accept 01HZX4QK --dry-run",
                "carma hypotheses reject 01HZX4QK", "carma hypotheses stats"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_words, "list, show, accept, reject or stats, and the id of a lost passage");
        arguments.option("--limit", m_limit, "N", "list: at most so many (default: 20)");
        arguments.flag("--rejected", m_rejected, "list: those that were rejected, too");
        arguments.flag("--dry-run", m_dryRun, "accept, reject: write nothing, only say what would happen");
    }
    Result<void> validate(const GlobalOptions& global) override;

private:
    [[nodiscard]] bool decides() const { return (m_words.front() == "accept" || m_words.front() == "reject") && !m_dryRun; }
    bool writes() const override { return decides(); }
    bool gathers() const override { return !m_dryRun; } // a writer remembers what it guessed
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<ExitCode> list(Store& store, Session& session) const;
    Result<void> decide(Store& store, Session& session, const FragmentId& id, Json& json) const;

    std::vector<std::string> m_words;
    std::uint64_t m_limit = 20;
    bool m_rejected = false;
    bool m_dryRun = false;
};

Result<void> HypothesesCommand::validate(const GlobalOptions& /*global*/)
{
    const std::string_view wanted = m_words.empty() ? "" : std::string_view(m_words.front());
    const bool alone = wanted == "list" || wanted == "stats";
    if (!alone && wanted != "show" && wanted != "accept" && wanted != "reject") {
        return Error{ErrorCode::InvalidArgument, "hypotheses takes list, show, accept, reject or stats; see carma hypotheses --help"};
    }
    if (m_words.size() != (alone ? 1U : 2U)) {
        return Error{ErrorCode::InvalidArgument,
            fmt::format("hypotheses {} takes {}", wanted, alone ? "nothing more" : "the id of one lost passage")};
    }
    return {};
}

std::string_view standingOf(const Hypothesis& hypothesis)
{
    if (hypothesis.text.empty()) {
        return "unknown";
    }
    return hypothesis.isProven ? "proven" : hypothesis.fits ? "words certain, order guessed" : "guessed";
}

Json jsonOf(const Hypothesis& hypothesis)
{
    return Json{{"id", toString(hypothesis.lost.id)}, {"document", toString(hypothesis.lost.document.id)},
        {"namespace", hypothesis.lost.document.space}, {"path", hypothesis.lost.document.path}, {"title", hypothesis.lost.document.title},
        {"place", hypothesis.lost.place}, {"hypothesis", true}, {"standing", standingOf(hypothesis)}, {"text", hypothesis.text},
        {"words", hypothesis.words}, {"proven", hypothesis.isProven}, {"fits", hypothesis.fits}, {"error", hypothesis.error},
        {"confidence", rounded(hypothesis.confidence)}, {"rejected", hypothesis.isRejected}, {"evidence", hypothesis.evidence},
        {"problem", hypothesis.problem}};
}

void print(const Hypothesis& hypothesis, Printer& printer)
{
    const DocumentSummary& document = hypothesis.lost.document;
    const std::string& name = document.path.empty() ? document.title : document.path;
    printer.line(fmt::format("{}  {}, {}", toString(hypothesis.lost.id), escapeLine(name), escapeLine(hypothesis.lost.place)));
    if (hypothesis.text.empty()) {
        printer.line("  " + printer.bad("nothing can be said: ") + escapeLine(hypothesis.problem));
        return;
    }
    const std::string standing = fmt::format("{}, {:.0f} % of the words expected right{}", standingOf(hypothesis),
        100 * hypothesis.confidence, hypothesis.isRejected ? ", rejected" : "");
    printer.line("  hypothesis, " + (hypothesis.isProven || hypothesis.fits ? printer.good(standing) : printer.caution(standing)));
    printer.line("  " + escapeLine(hypothesis.text));
    printer.extra(printer.dim(fmt::format("  from {}", escapeLine(fmt::format("{}", fmt::join(hypothesis.evidence, ", "))))));
}

Result<ExitCode> HypothesesCommand::list(Store& store, Session& session) const
{
    HypothesesOptions options;
    options.space = session.options().space;
    options.limit = static_cast<std::size_t>(m_limit);
    options.rejected = m_rejected;
    CARMA_TRY_ASSIGN(const std::vector<Hypothesis> all, store.hypotheses().list(options, session.task()));
    session.endProgress();
    Json json = Json::array();
    for (const Hypothesis& hypothesis : all) {
        json.push_back(jsonOf(hypothesis));
        print(hypothesis, session.printer());
    }
    session.printer().document(json);
    session.printer().extra(all.empty() ? "no passage is lost" : counted(all.size(), "lost passage"));
    return ExitCode::Ok;
}

Result<ExitCode> printStats(Store& store, Printer& printer)
{
    CARMA_TRY_ASSIGN(const HypothesesStats stats, store.hypotheses().stats());
    printer.document(Json{{"open", stats.open}, {"rejected", stats.rejected}, {"accepted", stats.accepted}, {"scored", stats.scored},
        {"exact", stats.exact}, {"precision", stats.precision}, {"recall", stats.recall}, {"f1", stats.f1},
        {"confidence", stats.confidence}, {"calibration_error", stats.calibrationError}});
    printer.line(fmt::format(
        "{} open, {} rejected, {} accepted", counted(stats.open, "guess", "guesses"), grouped(stats.rejected), grouped(stats.accepted)));
    if (stats.scored == 0) {
        printer.line("no text that was guessed at has come back yet");
        return ExitCode::Ok;
    }
    printer.line(
        fmt::format("{} compared with the text that came back: {} exact, {:.2f} of the words right, {:.2f} of the text's words found",
            counted(stats.scored, "guess", "guesses"), grouped(stats.exact), stats.precision, stats.recall));
    printer.line(fmt::format("confidence {:.2f} on average, calibration error {:.2f}", stats.confidence, stats.calibrationError));
    return ExitCode::Ok;
}

Result<void> HypothesesCommand::decide(Store& store, Session& session, const FragmentId& id, Json& json) const
{
    Printer& printer = session.printer();
    json["dry_run"] = m_dryRun;
    if (!decides()) {
        printer.extra("nothing was written (--dry-run)");
    } else if (m_words.front() == "accept") {
        CARMA_TRY_ASSIGN(const FragmentId kept, store.hypotheses().accept(id, session.task()));
        json["kept"] = toString(kept);
        printer.line("kept as " + toString(kept));
    } else {
        CARMA_TRY(store.hypotheses().reject(id, session.task()));
        json["rejected"] = true;
        printer.line("rejected; it is not offered again until there is new evidence");
    }
    return {};
}

Result<ExitCode> HypothesesCommand::runWith(Store& store, Session& session)
{
    if (m_words.front() == "list") {
        return list(store, session);
    }
    if (m_words.front() == "stats") {
        return printStats(store, session.printer());
    }
    CARMA_TRY_ASSIGN(const FragmentId id, store.memory().resolve(m_words.back()));
    CARMA_TRY_ASSIGN(const Hypothesis hypothesis, store.hypotheses().of(id, session.task()));
    session.endProgress();
    Json json = jsonOf(hypothesis);
    print(hypothesis, session.printer());
    if (m_words.front() != "show") {
        CARMA_TRY(decide(store, session, id, json));
    }
    session.printer().document(json);
    return hypothesis.text.empty() ? ExitCode::NotFound : ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeHypothesesCommand() { return std::make_unique<HypothesesCommand>(); }

} // namespace carma::cli
