// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/memory.h>

#include <QTimer>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace carma::gui {

class DocumentsModel;
class DocumentView;
class HitsModel;

/// What is in the store: a table of documents or the answers to a query, beside them the document that was chosen.
class MemoryPage : public Page {
    Q_OBJECT

public:
    explicit MemoryPage(Shell& shell);
    void refresh() override;
    void open(const QString& detail) override; ///< a query to be asked, or "id:DOCUMENT/PART" to be shown
    void reset() override;
    void ingest(const QStringList& paths);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* buildBar();
    QWidget* buildTables();
    void buildCommands();
    void ask();
    void showAnswer(QueryAnswer answer);
    void showNamespaces(const std::vector<NamespaceSummary>& spaces);
    void chosen();
    void forgetChosen();
    void exportAll();
    [[nodiscard]] std::optional<std::string> space() const;

    Shell& m_shell;
    DocumentsModel* m_documents;
    HitsModel* m_hits;
    DocumentView* m_view;
    QLineEdit* m_query = nullptr;
    QComboBox* m_mode = nullptr;
    QComboBox* m_space = nullptr;
    QStackedWidget* m_stack = nullptr;
    QTableView* m_table = nullptr;
    QTableView* m_answers = nullptr;
    QLabel* m_line = nullptr;
    QTimer m_typing;
    std::uint64_t m_records = 0; ///< of the store when the table was filled
    std::uint64_t m_asked = 0;
};

} // namespace carma::gui
