// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/create_wizard.h"

#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"

#include <QCheckBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLineEdit>
#include <QSpinBox>
#include <QVBoxLayout>

namespace carma::gui {

namespace {
enum Step : int { Place, Unlock, Code };

/// QWizard has a function "button" of its own.
QPushButton* press(const QString& words) { return gui::button(words); }

} // namespace

CreateWizard::CreateWizard(StoreSession& session, QWidget* parent)
    : QWizard(parent), m_session(session), m_folder(named(new QLineEdit(text(defaultStorePath())), tr("Folder of the new store"))),
      m_data(named(new QSpinBox, tr("Data shards"))), m_parity(named(new QSpinBox, tr("Parity shards"))),
      m_withKeyFile(new QCheckBox(tr("Write a key file into the key folder"))), m_passphrase(named(new QLineEdit, tr("Passphrase"))),
      m_again(named(new QLineEdit, tr("Passphrase again"))), m_code(new QLabel), m_keyFile(quiet({})),
      m_written(new QCheckBox(tr("I have written the recovery code down")))
{
    m_problems[0] = new ProblemPanel;
    m_problems[1] = new ProblemPanel;
    setWindowTitle(tr("New store"));
    setWizardStyle(QWizard::ModernStyle);
    setMinimumSize(640, 460);
    setPage(Place, placePage());
    setPage(Unlock, unlockPage());
    setPage(Code, codePage());
    setButtonText(QWizard::FinishButton, tr("Open the store"));
}

void CreateWizard::setFolder(const QString& folder) { m_folder->setText(folder); }

QString CreateWizard::recoveryCode() const { return m_code->text(); }

QWizardPage* CreateWizard::placePage()
{
    auto* page = new QWizardPage;
    page->setTitle(tr("Where it lies"));
    page->setSubTitle(tr("What you keep is encrypted and spread over shard folders inside this folder."));
    auto* choose = press(tr("Choose folder"));
    connect(choose, &QPushButton::clicked, this, [this] {
        chooseFolder(
            this, tr("Folder of the new store"), [this](const QString& folder) { m_folder->setText(folder); }, m_folder->text());
    });
    m_data->setRange(1, 32);
    m_data->setValue(4);
    m_parity->setRange(0, 16);
    m_parity->setValue(2);
    auto* effect = quiet({});
    const auto say = [this, effect] {
        const double share = 100.0 * m_parity->value() / m_data->value();
        effect->setText(tr("Any %1 of %2 shard folders may be lost without losing a byte. Takes %3 % more room.")
                            .arg(m_parity->value())
                            .arg(m_data->value() + m_parity->value())
                            .arg(share, 0, 'f', 0));
    };
    connect(m_data, &QSpinBox::valueChanged, page, say);
    connect(m_parity, &QSpinBox::valueChanged, page, say);
    say();
    auto* form = new QFormLayout(page);
    form->setVerticalSpacing(kGap);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("Folder"), m_folder);
    form->addRow(QString(), choose);
    form->addRow(tr("Data shards"), m_data);
    form->addRow(tr("Parity shards"), m_parity);
    form->addRow(effect);
    return page;
}

QWizardPage* CreateWizard::unlockPage()
{
    auto* page = new QWizardPage;
    page->setTitle(tr("How it opens"));
    page->setSubTitle(tr("With a key file, a passphrase or both. A recovery code is made in any case."));
    m_withKeyFile->setChecked(true);
    m_passphrase->setEchoMode(QLineEdit::Password);
    m_again->setEchoMode(QLineEdit::Password);
    m_passphrase->setPlaceholderText(tr("none"));
    auto* form = new QFormLayout;
    form->setVerticalSpacing(kGap);
    form->addRow(tr("Key file"), m_withKeyFile);
    form->addRow(tr("Passphrase"), m_passphrase);
    form->addRow(tr("Again"), m_again);
    auto* layout = new QVBoxLayout(page);
    layout->addWidget(m_problems[0]);
    layout->addLayout(form);
    layout->addStretch();
    page->setCommitPage(true);
    page->setButtonText(QWizard::CommitButton, tr("Make the store"));
    return page;
}

QWizardPage* CreateWizard::codePage()
{
    auto* page = new QWizardPage;
    page->setTitle(tr("Recovery code"));
    page->setSubTitle(tr("It opens the store when all else is lost. It is shown this once and stored nowhere."));
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSize(font.pointSize() + 3);
    m_code->setFont(font);
    m_code->setWordWrap(true);
    m_code->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_code->setAccessibleName(tr("Recovery code"));
    auto* copy = press(tr("Copy for one minute"));
    auto* save = press(tr("Save to a file"));
    connect(copy, &QPushButton::clicked, this, [this] { copyForAMinute(m_code->text()); });
    connect(save, &QPushButton::clicked, this, [this] {
        chooseSaveFile(this, tr("Save the recovery code"), "carma-recovery-code.txt", [this](const QString& path) { saveCode(path); });
    });
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(copy);
    buttons->addWidget(save);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(page);
    layout->setSpacing(kGap);
    layout->addWidget(m_problems[1]);
    layout->addWidget(m_code);
    layout->addLayout(buttons);
    layout->addWidget(m_keyFile);
    layout->addStretch();
    layout->addWidget(m_written);
    return page;
}

void CreateWizard::initializePage(int id)
{
    QWizard::initializePage(id);
    if (id == Code && !m_made && !m_making) {
        make();
    }
}

bool CreateWizard::validateCurrentPage()
{
    if (currentId() == Unlock) {
        if (m_passphrase->text() != m_again->text()) {
            m_problems[0]->show({tr("The two passphrases differ."), {}, tr("Type both again."), Remedy::TypePassphrase, tr("Type again")});
            return false;
        }
        if (!m_withKeyFile->isChecked() && m_passphrase->text().isEmpty()) {
            m_problems[0]->show(
                {tr("The store would have no way in."), {}, tr("Choose a key file, a passphrase or both."), Remedy::None, {}});
            return false;
        }
    }
    return QWizard::validateCurrentPage();
}

void CreateWizard::make()
{
    m_making = true;
    m_code->setText(tr("Making the store"));
    QWizard::button(QWizard::FinishButton)->setEnabled(false);
    CreateRequest request;
    request.path = m_folder->text();
    request.data = static_cast<unsigned>(m_data->value());
    request.parity = static_cast<unsigned>(m_parity->value());
    request.withKeyFile = m_withKeyFile->isChecked();
    const QByteArray typed = m_passphrase->text().toUtf8();
    request.passphrase = SecretBytes(asBytes(std::string_view(typed.constData(), static_cast<std::size_t>(typed.size()))));
    m_session.create(std::move(request), this, [this](Result<Created> created) {
        m_making = false;
        if (!created) {
            tell(explain(created.error(), Intent::Create));
            return;
        }
        m_made = true;
        m_problems[1]->dismiss();
        m_code->setText(text(asText(created->recoveryCode.view())));
        m_keyFile->setText(created->keyFile.empty() ? QString() : tr("Key file: %1").arg(text(created->keyFile)));
        QWizard::button(QWizard::FinishButton)->setEnabled(true);
    });
}

void CreateWizard::saveCode(const QString& path)
{
    if (const auto written = writeSecret(path, asBytes(bytesOf(m_code->text()))); !written) {
        m_problems[1]->show(
            {tr("The recovery code was not saved."), text(written.error().message), tr("Choose a new file name."), Remedy::None, {}});
        return;
    }
    m_problems[1]->dismiss();
}

void CreateWizard::tell(const Problem& problem)
{
    m_code->clear();
    Problem shown = problem;
    shown.button = tr("Choose another folder");
    shown.remedy = Remedy::ChooseFolder;
    connect(m_problems[1], &ProblemPanel::remedyChosen, this, &QWizard::restart, Qt::UniqueConnection);
    m_problems[1]->show(shown);
}

void CreateWizard::accept()
{
    if (!m_made) {
        return;
    }
    if (!m_written->isChecked()) {
        m_problems[1]->show(
            {tr("The recovery code is not confirmed."), {}, tr("Write it down, then tick the box below."), Remedy::None, {}});
        return;
    }
    OpenRequest request;
    request.path = m_folder->text();
    if (!m_withKeyFile->isChecked()) {
        const QByteArray typed = m_passphrase->text().toUtf8();
        request.passphrase = SecretBytes(asBytes(std::string_view(typed.constData(), static_cast<std::size_t>(typed.size()))));
    }
    m_session.open(std::move(request));
    QWizard::accept();
}

void CreateWizard::reject()
{
    if (m_making) {
        m_problems[1]->show(
            {tr("The store is being made."), {}, tr("It takes a few seconds; its recovery code comes then."), Remedy::None, {}});
        return;
    }
    if (m_made && !m_written->isChecked() && !m_isWarned) {
        m_isWarned = true;
        m_problems[1]->show({tr("The recovery code is not confirmed."), tr("The store is made, and its code is shown this once."),
            tr("Write it down and tick the box below, or close the window again to go without it."), Remedy::None, {}});
        return;
    }
    QWizard::reject();
}

} // namespace carma::gui
