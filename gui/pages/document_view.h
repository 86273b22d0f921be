// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/memory.h>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTabWidget;
class QTreeView;

namespace carma::gui {

class HistoryPane;
class TreeModel;

/// One document: its levels, the text of the part that is chosen, how a score came about, its versions, and the
/// record as JSON and its bytes.
class DocumentView : public QWidget {
    Q_OBJECT

public:
    explicit DocumentView(Shell& shell);
    /// Shows `document` with `part` chosen in its tree. A null id shows the empty state.
    void show(const FragmentId& document, const FragmentId& part, const QString& explanation);
    void clear();
    [[nodiscard]] FragmentId documentId() const { return m_document; }
    [[nodiscard]] HistoryPane& history() { return *m_history; }
    void showHistory(); ///< brings its tab to the front

signals:
    void editWanted(const carma::DocumentSummary& document);
    void tagsWanted(const carma::DocumentSummary& document);

private:
    QWidget* buildTop();
    QWidget* buildTabs();
    void tabShown();
    void askBytes();
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
    QPlainTextEdit* m_hex;
    HistoryPane* m_history;
    QLabel* m_tags;
    QPushButton* m_edit;
    QPushButton* m_tag;
    FragmentId m_document;
    FragmentId m_historyOf, m_bytesOf; ///< what these tabs show
    DocumentSummary m_summary;
};

} // namespace carma::gui
