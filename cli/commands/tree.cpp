// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"
#include "registry.h"
#include "text.h"

#include <fmt/format.h>

namespace carma::cli {

namespace {

class TreeCommand final : public StoreCommand {
public:
    std::string_view name() const override { return "tree"; }
    CommandHelp help() const override
    {
        return {"memory", "draw the sections and passages of a document",
            "Draws the fragment tree of the document to which ID belongs: sections, passages and, with --all, groups of sentences.",
            {"carma tree letters/1998.md", "carma tree 01HZX4 --all", "carma tree 01HZX4 --json"},
            {ExitCode::NotFound, ExitCode::WrongKey, ExitCode::DamagedStore}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ID", m_id, "an id, the beginning of one, a path or an external id");
        arguments.flag("--all", m_all, "groups of sentences, too");
    }

private:
    bool isAudited(const AuditPolicy& policy) const override { return policy.shows; }
    Result<ExitCode> runWith(Store& store, Session& session) override;

    std::string m_id;
    bool m_all = false;
};

struct Lines {
    std::string_view branch, last, through, none;
};

constexpr Lines kBoxes{"\u251c\u2500 ", "\u2514\u2500 ", "\u2502  ", "   "};
constexpr Lines kAscii{"|- ", "`- ", "|  ", "   "};

std::string labelOf(const Printer& printer, const TreeNode& node)
{
    std::string label = std::string(name(node.level));
    if (!node.title.empty()) {
        label += " " + printer.bold(escapeLine(node.title));
    }
    label += printer.dim(fmt::format("  {}  {}", toString(node.id), humanBytes(node.bytes)));
    if (node.timeUs != 0) {
        label += printer.dim("  " + localTime(node.timeUs));
    }
    if (node.state != FragmentState::Exact) {
        label += "  " + printer.caution(fmt::format("[{}]", name(node.state)));
    }
    return label;
}

/// Draws iteratively: how deep a document nests is not for the stack to bear.
void draw(Printer& printer, const DocumentTree& tree, bool all)
{
    const Lines& lines = printer.utf8() ? kBoxes : kAscii;
    std::vector<std::vector<std::size_t>> children(tree.nodes.size());
    for (std::size_t i = 1; i < tree.nodes.size(); ++i) {
        const TreeNode& node = tree.nodes[i];
        if (node.parent < i && (all || node.level != TreeLevel::Sentences)) {
            children[node.parent].push_back(i);
        }
    }
    struct Pending {
        std::size_t node;
        std::string margin; ///< before the lines of its children
        std::string line;   ///< before its own label
    };
    std::vector<Pending> stack{{0, "", ""}};
    while (!stack.empty()) {
        const Pending now = std::move(stack.back());
        stack.pop_back();
        printer.line(now.line + labelOf(printer, tree.nodes[now.node]));
        const auto& below = children[now.node];
        for (std::size_t i = below.size(); i-- > 0;) {
            const bool isLast = i + 1 == below.size();
            stack.push_back({below[i], now.margin + std::string(isLast ? lines.none : lines.through),
                now.margin + std::string(isLast ? lines.last : lines.branch)});
        }
    }
}

Result<ExitCode> TreeCommand::runWith(Store& store, Session& session)
{
    Memory& memory = store.memory();
    CARMA_TRY_ASSIGN(const FragmentId id, memory.resolve(m_id));
    CARMA_TRY_ASSIGN(const FragmentView view, memory.show(id));
    CARMA_TRY_ASSIGN(const DocumentTree tree, memory.tree(view.document.id));
    session.endProgress();
    Printer& printer = session.printer();
    printer.document(toJson(tree));
    if (!printer.json() && !tree.nodes.empty()) {
        if (!tree.document.path.empty()) {
            printer.extra(printer.bold(escapeLine(tree.document.path)));
        }
        draw(printer, tree, m_all);
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeTreeCommand() { return std::make_unique<TreeCommand>(); }

} // namespace carma::cli
