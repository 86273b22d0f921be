// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/unlock_dialog.h"

#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QRadioButton>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

enum Way : int { ByKeyFile, ByPassphrase, ByCode };

QWidget* withButton(QLineEdit* line, QPushButton* press)
{
    auto* widget = new QWidget;
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(line, 1);
    row->addWidget(press);
    return widget;
}

SecretBytes secret(QLineEdit* line)
{
    const QByteArray typed = line->text().toUtf8();
    return SecretBytes(asBytes(std::string_view(typed.constData(), static_cast<std::size_t>(typed.size()))));
}

} // namespace

UnlockDialog::UnlockDialog(StoreSession& session, const QString& path, QWidget* parent)
    : QDialog(parent), m_session(session), m_problems(new ProblemPanel), m_path(named(new QLineEdit(path), tr("Folder of the store"))),
      m_ways(new QButtonGroup(this)), m_keyFile(named(new QLineEdit, tr("Key file"))), m_passphrase(named(new QLineEdit, tr("Passphrase"))),
      m_code(named(new QLineEdit, tr("Recovery code"))), m_readOnly(new QCheckBox(tr("Open for reading only"))), m_open(button(tr("Open"))),
      m_profile(new QLabel)
{
    setWindowTitle(tr("Open store"));
    setMinimumWidth(620);
    auto* choose = button(tr("Choose folder"));
    connect(choose, &QPushButton::clicked, this, &UnlockDialog::chooseFolder);
    auto* form = new QFormLayout;
    form->setVerticalSpacing(kGap);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->setLabelAlignment(Qt::AlignVCenter); // the choices beside their fields
    form->addRow(tr("Store"), withButton(m_path, choose));
    m_profile->hide();
    form->addRow(QString(), m_profile);
    buildWays(form);
    form->addRow(QString(), m_readOnly);
    m_open->setDefault(true);
    m_open->setAutoDefault(true);
    auto* cancel = button(tr("Cancel"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(m_open);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(m_problems);
    layout->addLayout(form);
    layout->addStretch();
    layout->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_open, &QPushButton::clicked, this, &UnlockDialog::attempt);
    connect(m_problems, &ProblemPanel::remedyChosen, this, &UnlockDialog::follow);
    connect(&session, &StoreSession::opened, this, &QDialog::accept);
    connect(&session, &StoreSession::openFailed, this, [this](const Problem& problem) {
        setBusy(false);
        m_problems->show(problem);
    });
}

void UnlockDialog::useProfiles(const Settings& settings)
{
    const auto fill = [this, &settings] {
        const StoreProfile profile = settings.profileOf(m_path->text());
        m_keyFile->setText(profile.keyFile);
        m_readOnly->setChecked(profile.readOnly);
        m_profile->setVisible(!profile.name.isEmpty() || profile.production);
        m_profile->setText(profile.production ? tr("%1: in production").arg(profile.name) : profile.name);
        QPalette palette = m_profile->palette();
        palette.setColor(QPalette::WindowText, profile.production ? tones().bad : tones().quiet);
        m_profile->setPalette(palette);
    };
    connect(m_path, &QLineEdit::textChanged, this, fill);
    fill();
}

void UnlockDialog::buildWays(QFormLayout* form)
{
    m_keyFile->setPlaceholderText(tr("the one in the key folder"));
    m_passphrase->setEchoMode(QLineEdit::Password);
    m_code->setEchoMode(QLineEdit::Password);
    auto* chooseKey = button(tr("Choose key file"));
    connect(chooseKey, &QPushButton::clicked, this, &UnlockDialog::chooseKeyFile);
    QWidget* fields[] = {withButton(m_keyFile, chooseKey), m_passphrase, m_code};
    const QString names[] = {tr("Key file"), tr("Passphrase"), tr("Recovery code")};
    for (int way = ByKeyFile; way <= ByCode; ++way) {
        auto* choice = new QRadioButton(names[way]);
        m_ways->addButton(choice, way);
        form->addRow(choice, fields[way]);
    }
    connect(m_ways, &QButtonGroup::idToggled, this, [this, key = fields[0]] {
        key->setEnabled(m_ways->checkedId() == ByKeyFile);
        m_passphrase->setEnabled(m_ways->checkedId() == ByPassphrase);
        m_code->setEnabled(m_ways->checkedId() == ByCode);
    });
    m_passphrase->setEnabled(false);
    m_code->setEnabled(false);
    m_ways->button(ByKeyFile)->setChecked(true);
}

void UnlockDialog::attempt()
{
    m_problems->dismiss();
    OpenRequest request;
    request.path = m_path->text();
    request.readOnly = m_readOnly->isChecked();
    const int way = m_ways->checkedId();
    if (way == ByKeyFile) {
        request.keyFile = m_keyFile->text();
    } else {
        QLineEdit* line = way == ByPassphrase ? m_passphrase : m_code;
        if (line->text().isEmpty()) {
            m_problems->show(
                {tr("Nothing was typed."), {}, tr("Type it, or choose another way in."), Remedy::TypePassphrase, tr("Type it")});
            return;
        }
        (way == ByPassphrase ? request.passphrase : request.recoveryCode) = secret(line);
    }
    setBusy(true);
    m_session.open(std::move(request));
}

void UnlockDialog::setBusy(bool busy)
{
    m_open->setEnabled(!busy);
    m_open->setText(busy ? tr("Opening") : tr("Open"));
}

void UnlockDialog::follow(Remedy remedy)
{
    switch (remedy) {
    case Remedy::TypePassphrase: {
        QLineEdit* line = m_ways->checkedId() == ByCode ? m_code : m_passphrase;
        line->selectAll();
        line->setFocus();
        break;
    }
    case Remedy::ChooseKeyFile: chooseKeyFile(); break;
    case Remedy::ChooseFolder: chooseFolder(); break;
    case Remedy::OpenReadOnly:
        m_readOnly->setChecked(true);
        attempt();
        break;
    default: attempt();
    }
}

void UnlockDialog::chooseFolder()
{
    gui::chooseFolder(
        this, tr("Folder of the store"), [this](const QString& folder) { m_path->setText(folder); }, m_path->text());
}

void UnlockDialog::chooseKeyFile()
{
    chooseOpenFile(this, tr("Key file"), {}, [this](const QString& file) {
        m_ways->button(ByKeyFile)->setChecked(true);
        m_keyFile->setText(file);
    });
}

} // namespace carma::gui
