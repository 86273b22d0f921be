// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/memory_page.h"

#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/document_view.h"
#include "pages/documents_model.h"
#include "pages/forget_dialog.h"
#include "pages/hits_model.h"

#include <QAction>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMimeData>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>

namespace carma::gui {

namespace {

constexpr int kTypingMs = 250;
constexpr std::size_t kHitsMax = 50;
enum Stack : int { Documents, Answers, Nothing };

QTableView* table(QAbstractItemModel* model, const QString& name)
{
    auto* view = named(new QTableView, name);
    view->setModel(model);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setShowGrid(false);
    view->setAlternatingRowColors(true);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed); // measuring rows would fetch them
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + 10);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setSectionsMovable(true);
    view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return view;
}

} // namespace

MemoryPage::MemoryPage(Shell& shell)
    : m_shell(shell), m_documents(new DocumentsModel(this)), m_hits(new HitsModel(this)), m_view(new DocumentView(shell))
{
    setAcceptDrops(true);
    m_documents->setSource([this](const FragmentId& after, std::size_t limit, auto answer) {
        ListOptions options;
        options.space = space();
        options.after = after;
        options.limit = limit;
        m_shell.session().ask(
            this, [options](Store& store) { return store.memory().list(options); },
            [this, answer](Result<std::vector<DocumentSummary>>& list) {
                if (list) {
                    answer(std::move(*list));
                } else {
                    m_shell.tell(explain(list.error(), Intent::Work), [this] { m_documents->reload(); });
                }
            });
    });
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
    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    connect(&m_typing, &QTimer::timeout, this, &MemoryPage::ask);
    connect(m_documents, &DocumentsModel::loaded, this, [this] {
        if (m_query->text().trimmed().isEmpty()) {
            m_stack->setCurrentIndex(m_documents->rowCount() == 0 ? Nothing : Documents);
        }
    });
}

QWidget* MemoryPage::buildBar()
{
    m_query = named(new QLineEdit, tr("Question"));
    m_query->setPlaceholderText(tr("Ask in your own words, or type words to find"));
    m_query->setClearButtonEnabled(true);
    m_query->setMinimumHeight(32);
    m_query->addAction(symbolIcon(Symbol::Search), QLineEdit::LeadingPosition);
    m_mode = named(new QComboBox, tr("How to search"));
    m_mode->addItem(tr("Hybrid"), static_cast<int>(QueryMode::Hybrid));
    m_mode->addItem(tr("Meaning"), static_cast<int>(QueryMode::Semantic));
    m_mode->addItem(tr("Words"), static_cast<int>(QueryMode::Lexical));
    m_space = named(new QComboBox, tr("Namespace"));
    m_space->addItem(tr("All namespaces"));
    auto* add = button(tr("Add files"));
    add->setIcon(symbolIcon(Symbol::Plus));
    for (QWidget* each : std::initializer_list<QWidget*>{m_mode, m_space, add}) {
        each->setMinimumHeight(32);
    }
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_query, 1);
    row->addWidget(m_mode);
    row->addWidget(m_space);
    row->addWidget(add);
    connect(m_query, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_query, &QLineEdit::returnPressed, this, &MemoryPage::ask);
    connect(m_mode, &QComboBox::currentIndexChanged, this, &MemoryPage::ask);
    connect(m_space, &QComboBox::currentIndexChanged, this, [this] {
        m_documents->reload();
        ask();
    });
    connect(add, &QPushButton::clicked, this, [this] { ingest(QFileDialog::getOpenFileNames(this, tr("Files to keep"))); });
    return bar;
}

QWidget* MemoryPage::buildTables()
{
    m_table = table(m_documents, tr("Documents"));
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    const int widths[] = {190, 140, 100, 72, 76, 78, 64};
    for (int column = 0; column < DocumentsModel::ColumnsCount; ++column) {
        m_table->setColumnWidth(column, widths[column]);
    }
    m_table->setColumnHidden(DocumentsModel::Type, true);
    m_table->horizontalHeader()->setSectionResizeMode(DocumentsModel::Path, QHeaderView::Stretch);
    m_answers = table(m_hits, tr("Answers"));
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
    }
    return left;
}

void MemoryPage::buildCommands()
{
    m_shell.addCommand(tr("Ask a question"), QKeySequence::Find, [this] {
        m_shell.goTo("memory");
        m_query->setFocus();
        m_query->selectAll();
    });
    m_shell.addCommand(
        tr("Add files"), QKeySequence("Ctrl+Shift+O"), [this] { ingest(QFileDialog::getOpenFileNames(this, tr("Files to keep"))); });
    m_shell.addCommand(tr("Add a folder"), QKeySequence("Ctrl+Shift+D"), [this] {
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder to keep"));
        ingest(folder.isEmpty() ? QStringList() : QStringList{folder});
    });
    m_shell.addCommand(tr("Forget the chosen documents"), QKeySequence("Ctrl+Del"), [this] { forgetChosen(); });
    m_shell.addCommand(tr("Export all originals"), QKeySequence("Ctrl+E"), [this] { exportAll(); });
}

std::optional<std::string> MemoryPage::space() const
{
    if (m_space->currentIndex() <= 0) {
        return std::nullopt;
    }
    return bytesOf(m_space->currentData().toString());
}

void MemoryPage::refresh()
{
    m_shell.session().ask(
        this, [](Store& store) { return store.memory().namespaces(); },
        [this](const Result<std::vector<NamespaceSummary>>& spaces) {
            if (spaces) {
                showNamespaces(*spaces);
            }
        });
    m_shell.session().ask(
        this, [](Store& store) { return store.health().status(); },
        [this](const Result<StatusReport>& status) {
            if (status && status->records != m_records) {
                m_records = status->records;
                m_documents->reload();
            }
            if (status && m_query->text().trimmed().isEmpty()) {
                m_line->setText(tr("%1 documents, %2 of text").arg(number(status->documents), sizeText(status->textBytes)));
            }
        });
}

void MemoryPage::showNamespaces(const std::vector<NamespaceSummary>& spaces)
{
    QStringList names;
    for (const NamespaceSummary& each : spaces) {
        names.append(text(each.name));
    }
    QStringList shown;
    for (int i = 1; i < m_space->count(); ++i) {
        shown.append(m_space->itemData(i).toString());
    }
    if (names != shown) {
        const QSignalBlocker blocker(m_space);
        while (m_space->count() > 1) {
            m_space->removeItem(1);
        }
        for (const QString& each : names) {
            m_space->addItem(each, each);
        }
    }
}

void MemoryPage::reset()
{
    m_typing.stop();
    {
        const QSignalBlocker blocker(m_query);
        m_query->clear();
    }
    m_records = 0;
    m_documents->clear();
    m_hits->setAnswer({});
    m_view->clear();
    m_line->clear();
    m_stack->setCurrentIndex(Nothing);
    const QSignalBlocker blocker(m_space);
    m_space->setCurrentIndex(0);
}

void MemoryPage::open(const QString& detail)
{
    if (detail.startsWith("id:")) {
        const auto document = parseId<FragmentId>(bytesOf(detail.mid(3).section('/', 0, 0)));
        const auto part = parseId<FragmentId>(bytesOf(detail.section('/', 1)));
        if (document) {
            m_view->show(*document, part.value_or(*document), {});
        }
        return;
    }
    m_query->setText(detail);
    ask();
}

void MemoryPage::ask()
{
    m_typing.stop();
    const QString question = m_query->text().trimmed();
    const std::uint64_t number = ++m_asked;
    if (question.isEmpty()) {
        m_stack->setCurrentIndex(m_documents->rowCount() == 0 ? Nothing : Documents);
        refresh();
        return;
    }
    QueryOptions options;
    options.allSpaces = !space().has_value();
    options.space = space().value_or("default");
    options.limit = kHitsMax;
    options.explain = true;
    options.mode = static_cast<QueryMode>(m_mode->currentData().toInt());
    m_shell.session().ask(
        this, [options, words = bytesOf(question)](Store& store) { return store.memory().query(words, options); },
        [this, number](Result<QueryAnswer>& answer) {
            if (number != m_asked) {
                return; // something else was asked meanwhile
            }
            if (answer) {
                showAnswer(std::move(*answer));
            } else {
                m_shell.tell(explain(answer.error(), Intent::Work), [this] { ask(); });
            }
        });
}

void MemoryPage::showAnswer(QueryAnswer answer)
{
    QString line = tr("%1 hits among %2 passages in %3")
                       .arg(number(answer.hits.size()), number(answer.passages),
                           tr("%1 ms").arg(QLocale().toString(static_cast<double>(answer.tookUs) / 1000, 'f', 1)));
    if (answer.placeholders > 0) {
        line += ". " + tr("%1 passages could not be searched").arg(number(answer.placeholders));
    }
    m_line->setText(line);
    m_hits->setAnswer(std::move(answer));
    m_stack->setCurrentIndex(Answers);
    if (m_hits->rowCount() > 0) {
        m_answers->selectRow(0);
    } else {
        m_view->clear();
    }
}

void MemoryPage::chosen()
{
    if (m_stack->currentIndex() == Answers) {
        const int row = m_answers->currentIndex().row();
        if (const QueryHit* hit = m_hits->hit(row)) {
            m_view->show(hit->fragment.document.id, hit->fragment.id, m_hits->explanation(row));
        }
    } else if (const DocumentSummary* document = m_documents->document(m_table->currentIndex().row())) {
        m_view->show(document->id, document->id, {});
    }
}

void MemoryPage::ingest(const QStringList& paths)
{
    if (paths.isEmpty() || !m_shell.session().isOpen()) {
        return;
    }
    std::vector<std::string> names;
    for (const QString& path : paths) {
        names.push_back(bytesOf(path));
    }
    IngestOptions options;
    options.space = space().value_or("default");
    m_shell.session().start(
        this, tr("Ingest"), [names, options](Store& store, const Task& task) { return store.memory().ingest(names, options, task); },
        [this, paths](const Result<IngestReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work), [this, paths] { ingest(paths); });
                return QString();
            }
            QString line = tr("%1 files kept, %2 unchanged, %3 refused")
                               .arg(number(report->files), number(report->unchanged), number(report->refused.size()));
            m_shell.tell(line);
            if (!report->refused.empty()) {
                const FileProblem& first = report->refused.front();
                m_shell.tell(Problem{tr("Some files were refused."), text(first.path + ": " + first.reason),
                    tr("The rest was kept. See the jobs pane for the count."), Remedy::None, {}});
            }
            return line;
        });
}

void MemoryPage::forgetChosen()
{
    std::vector<DocumentSummary> documents;
    if (m_stack->currentIndex() == Answers) {
        if (const QueryHit* hit = m_hits->hit(m_answers->currentIndex().row())) {
            documents.push_back(hit->fragment.document);
        }
    } else {
        for (const QModelIndex& index : m_table->selectionModel()->selectedRows()) {
            if (const DocumentSummary* document = m_documents->document(index.row())) {
                documents.push_back(*document);
            }
        }
    }
    if (documents.empty() || !m_shell.session().isOpen()) {
        m_shell.tell(tr("Choose documents on the page Memory first."));
        return;
    }
    auto* dialog = new ForgetDialog(documents, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const ForgetOptions options{dialog->now()};
        m_shell.session().start(
            this, tr("Forget"),
            [ids = dialog->ids(), options](Store& store, const Task& task) { return store.memory().forget(ids, options, task); },
            [this](const Result<ForgetReport>& report) {
                if (!report) {
                    m_shell.tell(explain(report.error(), Intent::Work));
                    return QString();
                }
                m_view->clear();
                ask();
                return tr("%1 documents, %2 fragments").arg(number(report->documents), number(report->fragments));
            });
    });
    dialog->open();
}

void MemoryPage::exportAll()
{
    if (!m_shell.session().isOpen()) {
        return;
    }
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Export to"));
    if (folder.isEmpty()) {
        return;
    }
    ExportOptions options;
    options.space = space();
    m_shell.session().start(
        this, tr("Export"),
        [to = bytesOf(folder), options](Store& store, const Task& task) { return store.memory().exportTo(to, options, task); },
        [this](const Result<ExportReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work), [this] { exportAll(); });
                return QString();
            }
            return tr("%1 files, %2 incomplete").arg(number(report->files), number(report->incomplete.size()));
        });
}

void MemoryPage::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls() && m_shell.session().isOpen() && !m_shell.session().readOnly()) {
        event->acceptProposedAction();
    }
}

void MemoryPage::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    event->acceptProposedAction();
    ingest(paths);
}

} // namespace carma::gui
