// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/widgets.h"
#include "pages/document_view.h"
#include "pages/documents_model.h"
#include "pages/history_pane.h"
#include "pages/hits_model.h"
#include "pages/memory_changes.h"
#include "pages/memory_page.h"
#include "pages/saved_filters.h"
#include "pages/tables.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QDateTimeEdit>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QStringListModel>
#include <QTableView>

#include <algorithm>

namespace carma::gui {

namespace {
constexpr int kTypingMs = 250;
}

MemoryPage::MemoryPage(Shell& shell)
    : m_shell(shell), m_documents(new DocumentsModel(this)), m_hits(new HitsModel(this)), m_view(new DocumentView(shell)),
      m_changes(new MemoryChanges(shell, this)), m_questions(new QStringListModel(this))
{
    setAcceptDrops(true);
    setSource();
    auto* right = new QWidget;
    auto* rightColumn = new QVBoxLayout(right);
    rightColumn->setContentsMargins(kGap, 0, 0, 0);
    rightColumn->addWidget(m_view);
    auto* split = new QSplitter;
    split->setChildrenCollapsible(false);
    auto* bar = buildBar();
    split->addWidget(buildTables());
    split->addWidget(right);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setSizes({640, 400});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(bar);
    layout->addWidget(split, 1);
    buildCommands();
    connectDocument();
    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    connect(&m_typing, &QTimer::timeout, this, &MemoryPage::ask);
    connect(m_documents, &DocumentsModel::loaded, this, [this] {
        if (m_query->text().trimmed().isEmpty()) {
            m_stack->setCurrentIndex(m_documents->rowCount() == 0 ? Nothing : Documents);
        }
    });
}

void MemoryPage::connectDocument()
{
    connect(m_view, &DocumentView::editWanted, m_changes, &MemoryChanges::edit);
    connect(m_view, &DocumentView::tagsWanted, this, [this](const DocumentSummary& document) { m_changes->tag({document}); });
    connect(&m_view->history(), &HistoryPane::restoreWanted, m_changes, &MemoryChanges::restore);
    connect(m_changes, &MemoryChanges::changed, this, [this](const DocumentSummary& version) {
        m_documents->reload();
        if (!m_query->text().trimmed().isEmpty()) {
            ask();
        }
        m_view->show(version.id, version.id, {});
    });
}

QWidget* MemoryPage::buildBar()
{
    m_query = named(new QLineEdit, tr("Question"));
    m_query->setPlaceholderText(tr("Ask in your own words, or type words to find"));
    m_query->setClearButtonEnabled(true);
    m_query->setMinimumHeight(32);
    m_query->addAction(symbolIcon(Symbol::Search), QLineEdit::LeadingPosition);
    m_query->setCompleter(new QCompleter(m_questions, m_query)); // what was asked since the store was opened, kept nowhere
    m_query->completer()->setCaseSensitivity(Qt::CaseInsensitive);
    m_query->completer()->setFilterMode(Qt::MatchContains);
    m_mistake = m_query->addAction(symbolIcon(Symbol::Warning, tones().bad), QLineEdit::TrailingPosition);
    m_mistake->setVisible(false);
    m_mode = named(new QComboBox, tr("How to search"));
    m_mode->addItem(tr("Hybrid"), static_cast<int>(QueryMode::Hybrid));
    m_mode->addItem(tr("Meaning"), static_cast<int>(QueryMode::Semantic));
    m_mode->addItem(tr("Words"), static_cast<int>(QueryMode::Lexical));
    m_past = new QCheckBox(tr("As of"));
    m_past->setToolTip(tr("Ask the memory as it was then"));
    m_pastTime = named(new QDateTimeEdit(QDateTime::currentDateTime()), tr("As of"));
    m_pastTime->setCalendarPopup(true);
    m_pastTime->hide();
    m_space = named(new QComboBox, tr("Namespace"));
    m_space->addItem(tr("All namespaces"));
    auto* add = button(tr("Add files"));
    add->setIcon(symbolIcon(Symbol::Plus));
    for (QWidget* each : std::initializer_list<QWidget*>{m_mode, m_space, m_pastTime, add}) {
        each->setMinimumHeight(32);
    }
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_query, 1);
    row->addWidget(m_mode);
    row->addWidget(m_space);
    row->addWidget(m_past);
    row->addWidget(m_pastTime);
    row->addWidget(new SavedFilters(
        m_shell, "memory", [this] { return filter(); }, [this](const QJsonObject& kept) { setFilter(kept); }));
    row->addWidget(add);
    connect(m_query, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_query, &QLineEdit::returnPressed, this, [this] {
        keepQuestion(); // what was asked in passing, while it was typed, is not worth it
        ask();
    });
    connect(m_mode, &QComboBox::currentIndexChanged, this, &MemoryPage::ask);
    connect(m_space, &QComboBox::currentIndexChanged, this, [this] {
        m_documents->reload();
        ask();
    });
    connect(m_past, &QCheckBox::toggled, m_pastTime, &QWidget::setVisible);
    connect(m_past, &QCheckBox::toggled, this, &MemoryPage::ask);
    connect(m_pastTime, &QDateTimeEdit::dateTimeChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(add, &QPushButton::clicked, this, [this] { addFiles(); });
    return bar;
}

QWidget* MemoryPage::buildTables()
{
    m_table = tableView(m_documents, tr("Documents"));
    m_table->setFrameShape(QFrame::StyledPanel);
    m_table->horizontalHeader()->setStretchLastSection(false);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    const int widths[] = {150, 120, 100, 66, 74, 82, 58, 70};
    for (int column = 0; column < DocumentsModel::ColumnsCount; ++column) {
        m_table->setColumnWidth(column, std::max(widths[column], m_table->horizontalHeader()->sectionSizeHint(column)));
    }
    m_table->setColumnHidden(DocumentsModel::Type, true);
    m_table->horizontalHeader()->setSectionResizeMode(DocumentsModel::Path, QHeaderView::Stretch);
    m_answers = tableView(m_hits, tr("Answers"));
    m_answers->setFrameShape(QFrame::StyledPanel);
    m_answers->horizontalHeader()->setStretchLastSection(false);
    m_answers->setSelectionMode(QAbstractItemView::SingleSelection);
    m_answers->setColumnWidth(HitsModel::Score, 64);
    m_answers->setColumnWidth(HitsModel::Document, 150);
    m_answers->setColumnWidth(HitsModel::Place, 130);
    m_answers->horizontalHeader()->setSectionResizeMode(HitsModel::Text, QHeaderView::Stretch);
    auto* nothing = quiet(tr("Nothing is kept here yet. Drop files or folders onto this page."));
    nothing->setAlignment(Qt::AlignCenter);
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_answers);
    m_stack->addWidget(nothing);
    m_stack->setCurrentIndex(Nothing);
    m_line = quiet({});
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_stack, 1);
    column->addWidget(m_line);
    for (QTableView* each : {m_table, m_answers}) {
        connect(each->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &MemoryPage::chosen);
        connect(each->selectionModel(), &QItemSelectionModel::selectionChanged, this, &MemoryPage::chosen);
    }
    return left;
}

void MemoryPage::addFiles()
{
    chooseFiles(this, tr("Files to keep"), [this](const QStringList& paths) { ingest(paths); });
}

void MemoryPage::buildCommands()
{
    m_shell.addCommand(tr("Ask a question"), QKeySequence::Find, [this] {
        m_shell.goTo("memory");
        m_query->setFocus();
        m_query->selectAll();
    });
    m_shell.addCommand(tr("Add files"), QKeySequence("Ctrl+Shift+O"), [this] { addFiles(); });
    m_shell.addCommand(tr("Add a folder"), QKeySequence("Ctrl+Shift+D"),
        [this] { chooseFolder(this, tr("Folder to keep"), [this](const QString& folder) { ingest(QStringList{folder}); }); });
    m_shell.addCommand(tr("Forget the chosen documents"), QKeySequence("Ctrl+Del"), [this] { forgetChosen(); });
    m_shell.addCommand(tr("Edit the chosen document"), QKeySequence("Ctrl+Shift+J"), [this] {
        const std::vector<DocumentSummary> documents = chosenDocuments();
        documents.empty() ? m_shell.tell(tr("Choose documents on the page Memory first.")) : m_changes->edit(documents.front());
    });
    m_shell.addCommand(tr("Tag the chosen documents"), QKeySequence("Ctrl+T"), [this] { m_changes->tag(chosenDocuments()); });
    m_shell.addCommand(tr("History of the chosen document"), QKeySequence("Ctrl+H"), [this] {
        m_shell.goTo("memory");
        m_view->showHistory();
    });
    m_shell.addCommand(tr("Undo the last change of a document"), QKeySequence::Undo, [this] { m_changes->undo(); });
    m_shell.addCommand(tr("Export the list of documents"), QKeySequence("Ctrl+Alt+E"), [this] { exportList(); });
    m_shell.addCommand(tr("Export all originals"), QKeySequence("Ctrl+E"), [this] { exportAll(); });
}

} // namespace carma::gui
