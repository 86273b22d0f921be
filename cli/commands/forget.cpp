// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

constexpr std::size_t kNamedMax = 20;

class ForgetCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "forget"; }
    CommandHelp help() const override
    {
        return {"memory", "forget documents or passages for good",
            "What is forgotten is found and shown no more. Its encrypted bytes leave the store's files with the next purge: --now "
            "purges, before the command ends, what it names and all that was forgotten before. Neither heal nor the recovery code brings "
            "them back. The question must be answered with "
            "yes, or --yes be given.",
            {"carma forget letters/1998.md", "carma forget 01HZX4 01HZX9 --now --yes", "carma forget letters/1998.md --dry-run",
                "carma forget --now --yes"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ID", m_ids, "ids, beginnings of ids, paths or external ids; none with --now: only purge").required = false;
        arguments.flag("--now", m_now, "purge what was forgotten from every file of the store before the command ends");
        arguments.flag("--dry-run", m_dryRun, "only say what would be forgotten");
    }

private:
    bool writes() const override { return !m_dryRun; }
    Result<ExitCode> runWith(Store& store, Session& session) override;
    Result<ExitCode> endDryRun(const std::vector<FragmentView>& views, Session& session) const;

    std::vector<std::string> m_ids;
    bool m_now = false;
    bool m_dryRun = false;
};

std::string nameOf(const FragmentView& view)
{
    const DocumentSummary& document = view.document;
    std::string text = !document.path.empty() ? document.path : !document.title.empty() ? document.title : toString(document.id);
    if (view.level != TreeLevel::Document && !view.place.empty()) {
        text += " \u00b7 " + view.place;
    }
    return escapeLine(text);
}

Result<ExitCode> ForgetCommand::endDryRun(const std::vector<FragmentView>& views, Session& session) const
{
    Printer& printer = session.printer();
    Json list = Json::array();
    for (const FragmentView& view : views) {
        list.push_back(toJson(view));
        list.back().erase("text");
        printer.line(fmt::format("would forget  {}  {} ({})", toString(view.id), nameOf(view), carma::name(view.level)));
    }
    printer.document(Json{{"dry_run", true}, {"would_forget", std::move(list)}});
    return ExitCode::Ok;
}

Result<ExitCode> ForgetCommand::runWith(Store& store, Session& session)
{
    Memory& memory = store.memory();
    std::vector<FragmentId> ids;
    std::vector<FragmentView> views;
    for (const std::string& text : m_ids) {
        CARMA_TRY_ASSIGN(const FragmentId id, memory.resolve(text));
        CARMA_TRY_ASSIGN(FragmentView view, memory.show(id));
        ids.push_back(id);
        views.push_back(std::move(view));
    }
    session.endProgress();
    if (m_dryRun) {
        return endDryRun(views, session);
    }
    if (views.empty() && !m_now) {
        return Error{ErrorCode::InvalidArgument, "nothing was named to forget"};
    }
    std::string question = fmt::format("{} will be forgotten for good: ", counted(views.size(), "item"));
    for (std::size_t i = 0; i < std::min(views.size(), kNamedMax); ++i) {
        question += (i == 0 ? "" : ", ") + nameOf(views[i]);
    }
    if (views.empty()) {
        question = "What was forgotten will be purged from every file of the store";
    }
    question += views.size() > kNamedMax ? fmt::format(" and {} more.", views.size() - kNamedMax) : ".";
    CARMA_TRY_ASSIGN(const bool agreed, session.confirmed(question));
    if (!agreed) {
        return Error{ErrorCode::Cancelled, "nothing was forgotten"};
    }
    CARMA_TRY_ASSIGN(const ForgetReport report, memory.forget(ids, {.now = m_now}, session.task()));
    session.endProgress();
    Printer& printer = session.printer();
    printer.document(Json{{"dry_run", false}, {"documents", report.documents}, {"fragments", report.fragments},
        {"records_purged", report.recordsPurged}, {"segments_rewritten", report.segmentsRewritten}, {"pending", report.pending}});
    if (!views.empty()) {
        printer.line(fmt::format("{} with {} forgotten", counted(report.documents, "document"), counted(report.fragments, "fragment")));
    }
    if (m_now) {
        printer.line(
            fmt::format("{} purged, {} rewritten", counted(report.recordsPurged, "record"), counted(report.segmentsRewritten, "segment")));
    }
    if (report.pending != 0) {
        printer.extra(
            fmt::format("{} still hold encrypted bytes until 'carma forget --now' purges them", counted(report.pending, "record")));
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeForgetCommand() { return std::make_unique<ForgetCommand>(); }

} // namespace carma::cli
