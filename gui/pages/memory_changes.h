// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/memory.h>

#include <QObject>

#include <deque>

namespace carma::gui {

/// Edits, tags and older versions made current, each of which is a new version of a document, and their undoing, which is one more.
/// What is forgotten cannot be undone and is not here.
class MemoryChanges : public QObject {
    Q_OBJECT

public:
    MemoryChanges(Shell& shell, QWidget* parent);
    void edit(const DocumentSummary& document);              ///< shows its text
    void tag(const std::vector<DocumentSummary>& documents); ///< asks which
    void restore(const DocumentSummary& current, const DocumentSummary& version);
    void undo();
    void forgetAll() { m_done.clear(); } ///< another store
    [[nodiscard]] std::size_t undoable() const { return m_done.size(); }

    using Tagging = std::vector<std::pair<DocumentSummary, std::vector<std::string>>>;
    void keepText(const DocumentSummary& document, const QString& words);
    void keepTags(const Tagging& changes);

signals:
    void changed(const carma::DocumentSummary& version); ///< the newest version, the last one of many

private:
    struct Pair {
        DocumentSummary before, after;
    };
    struct Step {
        QString words;
        std::vector<Pair> pairs;
    };
    using Steps = std::vector<Pair>;
    template <typename Work> void perform(const QString& title, Work work, const QString& undoWords);
    void followUndone(const Steps& undone);
    [[nodiscard]] bool mayWrite();

    Shell& m_shell;
    QWidget* m_parent;
    std::deque<Step> m_done; ///< the newest last
};

} // namespace carma::gui
