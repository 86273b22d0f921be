// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/memory.h>

class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTabWidget;
class QTreeView;

namespace carma::gui {

class TreeModel;

/// One document: its levels, the text of the part that is chosen, how a score came about, and the record as JSON.
class DocumentView : public QWidget {
    Q_OBJECT

public:
    explicit DocumentView(Shell& shell);
    /// Shows `document` with `part` chosen in its tree. A null id shows the empty state.
    void show(const FragmentId& document, const FragmentId& part, const QString& explanation);
    void clear();
    [[nodiscard]] FragmentId documentId() const { return m_document; }

private:
    void showTree(DocumentTree tree, const FragmentId& part);
    void askPart(const FragmentId& part);
    void showPart(const FragmentView& view);

    Shell& m_shell;
    TreeModel* m_model;
    QStackedWidget* m_stack;
    QLabel* m_title;
    QLabel* m_path;
    QLabel* m_place;
    QTreeView* m_tree;
    QTabWidget* m_tabs;
    QPlainTextEdit* m_text;
    QPlainTextEdit* m_scores;
    QPlainTextEdit* m_json;
    FragmentId m_document;
};

} // namespace carma::gui
