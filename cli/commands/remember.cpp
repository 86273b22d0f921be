// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry.h"
#include "terminal.h"
#include "text.h"

#include <carma/history.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

constexpr std::uint64_t kTextBytesMax = 64U << 20U; // the bound of Memory::remember

class RememberCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "remember"; }
    CommandHelp help() const override
    {
        return {"memory", "keep a text",
            "Keeps the words as one memory and prints its id. With - as the only word, or without words when input comes from a "
            "pipe, the text is read from standard input. With --replaces they are the new version of that document, whose tags are then "
            "those of --tag alone.",
            {"carma remember \"The well key hangs behind the barn door\"", "carma remember --title \"Barn\" --tag keys - < note.txt",
                "carma remember --replaces 01HZX4 \"The well key hangs in the kitchen\"",
                "git log -1 | carma remember -n work --external-id head"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::LimitExceeded}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("TEXT", m_words, "the words to keep, or - for standard input").required = false;
        arguments.option("--title", m_title, "TEXT", "what the memory is called");
        arguments.option("--external-id", m_externalId, "ID", "your own id; the same id again makes a new version");
        arguments.option("--replaces", m_replaces, "ID", "the words are a new version of this document");
        arguments.option("--tag", m_tags, "TAG", "a tag; may be given more than once");
    }
    Result<void> validate(const GlobalOptions& global) override
    {
        if (!m_replaces.empty() && (!m_title.empty() || !m_externalId.empty())) {
            return Error{
                ErrorCode::InvalidArgument, "a new version keeps title and external id: --replaces goes without --title and --external-id"};
        }
        m_fromStdin = m_words.size() == 1 && m_words[0] == "-";
        if (m_words.empty()) {
            if (stdinIsTerminal()) {
                return Error{ErrorCode::InvalidArgument, "TEXT is missing: the words to keep, or - for standard input"};
            }
            m_fromStdin = true;
        }
        if (m_fromStdin && (global.passphraseFile == "-" || global.recoveryCodeFile == "-")) {
            return Error{ErrorCode::InvalidArgument, "standard input cannot hold both the secret and the text"};
        }
        return {};
    }

private:
    bool writes() const override { return true; }
    Result<ExitCode> runWith(Store& store, Session& session) override
    {
        NewMemory memory;
        memory.text = fmt::format("{}", fmt::join(m_words, " "));
        if (m_fromStdin) {
            CARMA_TRY_ASSIGN(memory.text, readStdin(kTextBytesMax, session.stop()));
        }
        memory.title = m_title;
        memory.externalId = m_externalId;
        memory.tags = m_tags;
        std::string space = session.options().spaceOrDefault();
        std::vector<FragmentId> ids;
        if (m_replaces.empty()) {
            CARMA_TRY_ASSIGN(ids, store.memory().remember(space, {memory}));
        } else {
            CARMA_TRY_ASSIGN(const FragmentId id, store.memory().resolve(m_replaces));
            CARMA_TRY_ASSIGN(const DocumentSummary version, replaceDocument(store, id, memory.text, m_tags));
            ids.push_back(version.id);
            space = version.space;
        }
        Json list = Json::array();
        for (const FragmentId& id : ids) {
            list.push_back(toString(id));
            session.printer().line(toString(id));
        }
        session.printer().document(Json{{"ids", std::move(list)}, {"namespace", space}, {"bytes", memory.text.size()}});
        return ExitCode::Ok;
    }

    std::vector<std::string> m_words;
    std::string m_title;
    std::string m_externalId;
    std::string m_replaces;
    std::vector<std::string> m_tags;
    bool m_fromStdin = false;
};

} // namespace

std::unique_ptr<Command> makeRememberCommand() { return std::make_unique<RememberCommand>(); }

} // namespace carma::cli
