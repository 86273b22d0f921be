// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/memory_changes.h"

#include "app/dialogs.h"
#include "app/revise.h"
#include "app/store_session.h"
#include "app/text.h"
#include "pages/edit_dialog.h"
#include "pages/tags_dialog.h"

#include <QFileInfo>

namespace carma::gui {

namespace {

constexpr std::size_t kUndoMax = 100;
constexpr std::size_t kEditBytesMax = 4U << 20U; // more than anyone edits in a field, and a field still follows the keys

QString nameOf(const DocumentSummary& document)
{
    if (!document.title.empty()) {
        return oneLine(text(document.title), 60);
    }
    return document.path.empty() ? text(toString(document.id)) : QFileInfo(text(document.path)).fileName();
}

/// The text of a document as a field can show and give back: UTF-8 without zero bytes.
Result<QString> editable(Memory& memory, const DocumentSummary& document)
{
    CARMA_TRY_ASSIGN(const std::string bytes, memory.original(document.id));
    QString words = text(bytes);
    if (bytes.size() > kEditBytesMax || words.contains(QChar(0)) || words.toStdString() != bytes) {
        return Error{ErrorCode::Unsupported,
            "'" + (document.path.empty() ? document.title : document.path) +
                "' is no text of at most 4 MiB: edit the file and ingest it again"};
    }
    return words;
}

} // namespace

MemoryChanges::MemoryChanges(Shell& shell, QWidget* parent) : QObject(parent), m_shell(shell), m_parent(parent) {}

bool MemoryChanges::mayWrite()
{
    if (m_shell.session().isOpen() && !m_shell.session().readOnly()) {
        return true;
    }
    m_shell.tell(tr("Open a store for writing to change documents."));
    return false;
}

template <typename Work> void MemoryChanges::perform(const QString& title, Work work, const QString& undoWords)
{
    m_shell.session().start(this, title, std::move(work), [this, undoWords](const Result<Steps>& pairs) {
        if (!pairs) {
            m_shell.tell(explain(pairs.error(), Intent::Work));
            return QString();
        }
        if (!pairs->empty()) {
            if (undoWords.isEmpty()) {
                followUndone(*pairs);
            } else {
                m_done.push_back({undoWords, *pairs});
                if (m_done.size() > kUndoMax) {
                    m_done.pop_front();
                }
                m_shell.tell(undoWords);
            }
            emit changed(pairs->back().after);
        }
        return tr("%1 new versions").arg(number(pairs->size()));
    });
}

void MemoryChanges::edit(const DocumentSummary& document)
{
    if (!mayWrite()) {
        return;
    }
    m_shell.session().ask(
        this, [document](Store& store) { return editable(store.memory(), document); },
        [this, document](const Result<QString>& words) {
            if (!words) {
                m_shell.tell(explain(words.error(), Intent::Work));
                return;
            }
            auto* dialog = new EditDialog(nameOf(document), *words, m_parent);
            connect(dialog, &QDialog::accepted, this, [this, dialog, document] { keepText(document, dialog->words()); });
            openModal(dialog);
        });
}

void MemoryChanges::keepText(const DocumentSummary& document, const QString& words)
{
    perform(
        tr("Edit"),
        [document, bytes = bytesOf(words)](Store& store, const Task&) -> Result<Steps> {
            CARMA_TRY_ASSIGN(DocumentSummary after, replaceDocument(store, document.id, bytes, document.tags));
            return Steps{{document, std::move(after)}};
        },
        tr("%1 was edited. Ctrl+Z brings the text before back.").arg(nameOf(document)));
}

void MemoryChanges::tag(const std::vector<DocumentSummary>& documents)
{
    if (!mayWrite()) {
        return;
    }
    if (documents.empty()) {
        m_shell.tell(tr("Choose documents on the page Memory first."));
        return;
    }
    auto* dialog = new TagsDialog(documents, m_parent);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { keepTags(dialog->changes()); });
    openModal(dialog);
}

void MemoryChanges::keepTags(const Tagging& changes)
{
    if (changes.empty()) {
        return;
    }
    perform(
        tr("Tags"),
        [changes](Store& store, const Task& task) -> Result<Steps> {
            Steps pairs;
            for (const auto& change : changes) {
                if (task.cancelled()) {
                    break;
                }
                task.report({"tagging", pairs.size(), changes.size(), "documents", {}});
                CARMA_TRY_ASSIGN(DocumentSummary after, retag(store, change.first, change.second));
                pairs.push_back({change.first, std::move(after)});
            }
            return pairs;
        },
        tr("Tags of %1 documents were changed. Ctrl+Z brings those before back.").arg(number(changes.size())));
}

void MemoryChanges::restore(const DocumentSummary& current, const DocumentSummary& version)
{
    if (!mayWrite()) {
        return;
    }
    perform(
        tr("Make a version current"),
        [current, version](Store& store, const Task&) -> Result<Steps> {
            CARMA_TRY_ASSIGN(DocumentSummary after, restoreVersion(store, current, version));
            return Steps{{current, std::move(after)}};
        },
        tr("%1 is as it was on %2. Ctrl+Z brings back what was before.").arg(nameOf(current), dateTime(version.createdUs)));
}

/// What was undone is there again as a version of its own, which now stands where the one before the change stood.
void MemoryChanges::followUndone(const Steps& undone)
{
    for (Step& step : m_done) {
        for (Pair& pair : step.pairs) {
            for (const Pair& again : undone) {
                if (pair.after.id == again.before.id) {
                    pair.after = again.after;
                }
            }
        }
    }
}

void MemoryChanges::undo()
{
    if (!mayWrite()) {
        return;
    }
    if (m_done.empty()) {
        m_shell.tell(tr("There is nothing to undo. What was forgotten cannot be brought back."));
        return;
    }
    const Step step = std::move(m_done.back());
    m_done.pop_back();
    perform(tr("Undo"),
        [pairs = step.pairs](Store& store, const Task& task) -> Result<Steps> {
            Steps undone;
            for (const Pair& pair : pairs) {
                task.report({"undoing", undone.size(), pairs.size(), "documents", {}});
                CARMA_TRY_ASSIGN(DocumentSummary after, restoreVersion(store, pair.after, pair.before));
                undone.push_back({pair.before, std::move(after)});
            }
            return undone;
        },
        {});
    m_shell.tell(tr("Undone: %1").arg(step.words));
}

} // namespace carma::gui
