from garbage import *
