// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/memory.h>

#include <QJsonObject>
#include <QTimer>

#include <array>

class QAction;
class QCheckBox;
class QComboBox;
class QDateTimeEdit;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QStringListModel;
class QTableView;

namespace carma::gui {

class DocumentsModel;
class DocumentView;
class HitsModel;
class MemoryChanges;

/// What is in the store: a table of documents or the answers to a query, beside them the document that was chosen.
class MemoryPage : public Page {
    Q_OBJECT

public:
    explicit MemoryPage(Shell& shell);
    void refresh() override;
    void open(const QString& detail) override; ///< a query to be asked, or "id:DOCUMENT/PART" to be shown
    void reset() override;
    [[nodiscard]] QStringList command() const override;
    void ingest(const QStringList& paths);
    void exportListTo(const QString& path); ///< CSV, JSON or JSON lines, as the end of the name says
    [[nodiscard]] MemoryChanges& changes() { return *m_changes; }

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    enum Stack : int { Documents, Answers, Nothing };
    void setSource();
    void connectDocument();
    QWidget* buildBar();
    QWidget* buildTables();
    void buildCommands();
    void ask();
    void showAnswer(QueryAnswer answer);
    void showNamespaces(const std::vector<NamespaceSummary>& spaces);
    void chosen();
    void forgetChosen();
    void confirmForgetting(const std::vector<DocumentSummary>& documents, const std::vector<DocumentSummary>& others);
    void addFiles();
    void exportAll();
    void exportAllTo(const QString& folder);
    void exportList();
    void keepQuestion();
    [[nodiscard]] QJsonObject filter() const;
    void setFilter(const QJsonObject& kept);
    [[nodiscard]] std::vector<DocumentSummary> chosenDocuments() const;
    [[nodiscard]] std::optional<std::string> space() const;

    Shell& m_shell;
    DocumentsModel* m_documents;
    HitsModel* m_hits;
    DocumentView* m_view;
    MemoryChanges* m_changes;
    QStringListModel* m_questions; ///< asked since the store was opened
    QLineEdit* m_query = nullptr;
    QAction* m_mistake = nullptr; ///< the sign in the question's field
    QCheckBox* m_past = nullptr;
    QDateTimeEdit* m_pastTime = nullptr;
    QComboBox* m_mode = nullptr;
    QComboBox* m_space = nullptr;
    QStackedWidget* m_stack = nullptr;
    QTableView* m_table = nullptr;
    QTableView* m_answers = nullptr;
    QLabel* m_line = nullptr;
    QTimer m_typing;
    std::array<std::uint64_t, 4> m_figures{}; ///< of the store when the table was filled
    std::uint64_t m_asked = 0;
};

} // namespace carma::gui
