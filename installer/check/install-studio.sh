. /packages/common.sh
install_packages /packages/anchor-studio.deb
linked /usr/bin/anchor-studio
linked /usr/bin/anchor-studio-desktop
useradd --create-home seller
checked "$(anchor-studio --version)"
